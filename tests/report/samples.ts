import {
  type EpochRecord,
  type Evaluation,
  evaluationOf,
  type History,
  matrix,
  type Output,
  Random,
  type Screen,
} from "curio";

/** Names that break out of XML, HTML, terminals and fonts where they can. */
export const hostileNames = [
  "<script>alert(1)</script>",
  `"quo'te" & <b>`,
  "]]>&amp;",
  "🦊 fox",
  "שלום עולם",
  "中文字符",
  "two\nlines\u0000\u0007",
  "\ud800 lone surrogate",
  "x".repeat(300),
  "\u202eright to left",
];

/** A run of `count` epochs whose validation loss is least at `best`. */
export function sampleHistory(count: number, { best = count, validated = true } = {}): History {
  const epochs = Array.from({ length: count }, (_, index): EpochRecord => ({
    epoch: index + 1,
    learningRate: 0.001,
    loss: 1 / (index + 2),
    accuracy: 1 - 0.5 / (index + 2),
    ...validated && { validationLoss: 0.3 + Math.abs(index + 1 - best) / 100, validationAccuracy: 0.9 },
    seconds: 2,
  }));
  return { epochs, bestEpoch: best, stopped: "early", steps: count * 10, seconds: count * 2 };
}

/** What a classifier that is right nine times in ten does on `each` images of every class. */
export function sampleEvaluation(classNames: readonly string[], each = 20): Evaluation {
  const random = new Random("evaluation");
  const classes = classNames.length;
  const labels = Int32Array.from({ length: classes * each }, (_, index) => index % classes);
  const rows = Array.from(labels, (label) => {
    const predicted = random.next() < 0.9 ? label : random.integer(classes);
    const confidence = classes === 1 ? 1 : random.uniform(0.55, 1);
    return classNames.map((_, index) => index === predicted ? confidence : (1 - confidence) / (classes - 1));
  });
  return evaluationOf({ labels, probabilities: matrix(rows), classNames });
}

/** `count` class names. */
export function classNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `class ${index}`);
}

/** A screen that remembers what was put, in the order in which it was drawn. */
export function recordingScreen(kind: Screen["kind"] = "notebook"): Screen & { readonly outputs: Output[] } {
  const outputs: Output[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    kind,
    outputs,
    put(output) {
      const turn = last;
      const drawn = (async () => {
        const [ready] = await Promise.all([output, turn]);
        outputs.push(ready);
      })();
      last = drawn.catch(() => {});
      return drawn;
    },
    drained: async () => void await last,
  };
}
