import assert from "node:assert/strict";
import {
  type Dataset,
  embeddingLayout,
  embeddingMap,
  experimentFrame,
  experimentProgress,
  type ExperimentResultCell,
  experimentTable,
  matrix,
  memoryImages,
  pickBalance,
  pickOverlap,
  principalComponents,
  queryGallery,
  type Question,
  Random,
  type Round,
} from "curio";
import { recordingScreen } from "./samples.ts";

const classNames = ["cat", "dog"];
const pool: Dataset = {
  name: "animals",
  images: memoryImages(new Uint8Array(8 * 16), { height: 4, width: 4, channels: 1 }),
  labels: Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1),
  classNames,
  checksum: "",
};

const question = (index: number, rest: Partial<Question> = {}): Question => ({
  index,
  score: 0.5,
  prediction: 0,
  confidence: 0.75,
  label: pool.labels[index],
  ...rest,
});
const seconds = { train: 2, evaluate: 0, score: 1, select: 0.5, label: 0 };
const scores = { count: 4, loss: 1, brier: 0.5, calibrationError: 0.1, adaptiveCalibrationError: 0.1, confusion: [] };
const roundOf = (number: number, asked: readonly Question[]): Round => ({
  round: number,
  strategy: "margin",
  labels: 2 + number,
  validationLabels: 1,
  budget: 3 + number,
  abstained: 0,
  classCounts: [1, 1],
  training: { from: "scratch", steps: 10 },
  test: { ...scores, accuracy: 0.5 + number / 10 },
  asked,
  warnings: [],
  seconds,
});
const cell = (strategy: string, items: readonly number[]): ExperimentResultCell => ({
  dataset: "animals",
  model: "cnn",
  strategy,
  seed: 1,
  status: "done",
  cached: false,
  rounds: [roundOf(0, items.map((item) => question(item))), roundOf(1, [])],
});

Deno.test("queryGallery() shows score, prediction and label, and an answer that is not the label", async () => {
  const round = roundOf(1, [question(0), question(1, { score: null, label: 0 }), question(2, { label: null })]);
  const { svg, title, summary } = await queryGallery(pool, round);
  assert.equal(title, "margin, round 1: asked at 3 labels");
  assert.match(svg, />0: ✓ taken for cat 75 %, 75 %, score 0.5</);
  assert.match(svg, />1: ✗ taken for cat 75 %, 75 %, is dog, no score, answered cat</);
  assert.match(svg, />2: ✓ .*, score 0.5, no answer</);
  assert.match(summary, /^3 images of animals/);
  assert.match((await queryGallery(pool, round, { count: 1 })).summary, /^1 images/);
  await assert.rejects(
    queryGallery(pool, roundOf(2, [])),
    /must have asked something: current value is nothing in round 2/,
  );
});

Deno.test("pickBalance() gives each round's shares of classes, abstentions left out", () => {
  const rounds = [
    roundOf(0, [question(0), question(2), question(4), question(1)]),
    roundOf(1, [question(3), question(5, { label: null })]),
    roundOf(2, []),
  ];
  const { svg, summary, title } = pickBalance(rounds, classNames);
  assert.equal(title, "Classes of what margin asked");
  assert.deepEqual([...svg.matchAll(/>(\d+ %)</g)].map(([, text]) => text), ["75 %", "0 %", "25 %", "100 %"]);
  assert.match(
    summary,
    /^Asked most: dog, 62.5 % of the picks on average; least: cat, 37.5 %\. Equal shares were 50.0 %/,
  );
  assert.throws(() => pickBalance([roundOf(0, [])], classNames), /at least one round must have asked/);
});

Deno.test("pickOverlap() is the Jaccard index of what two strategies asked", () => {
  const { svg, summary } = pickOverlap([cell("margin", [0, 1, 2]), cell("entropy", [1, 2, 3]), cell("random", [7])]);
  assert.deepEqual([...svg.matchAll(/>(\d\.\d\d)</g)].map(([, text]) => text), [
    ...["1.00", "0.50", "0.00"],
    ...["0.50", "1.00", "0.00"],
    ...["0.00", "0.00", "1.00"],
  ]);
  assert.equal(summary, "Most alike: margin and entropy, 0.50; least: entropy and random, 0.00.");
  assert.throws(() => pickOverlap([{ ...cell("margin", []), status: "failed" }]), /at least one run must be finished/);
});

Deno.test("principalComponents() finds the axes of largest variance, in order", () => {
  const random = new Random("cloud");
  // Deviations of 5, 2 and 0.1 along (1, 1, 0)/√2, (1, −1, 0)/√2 and (0, 0, 1), around a far centre.
  const rows = Array.from({ length: 400 }, () => {
    const [a, b, c] = [5 * random.normal(), 2 * random.normal(), 0.1 * random.normal()];
    return [100 + (a + b) / Math.SQRT2, (a - b) / Math.SQRT2, c];
  });
  const { columns, data } = principalComponents(matrix(rows), { components: 2, random: new Random(1) });
  assert.equal(columns, 2);
  const deviation = (column: number) =>
    Math.sqrt(rows.reduce((sum, _, row) => sum + data[2 * row + column] ** 2, 0) / rows.length);
  assert.ok(Math.abs(deviation(0) - 5) < 0.5 && Math.abs(deviation(1) - 2) < 0.25, `${deviation(0)} ${deviation(1)}`);
  const covariance = rows.reduce((sum, _, row) => sum + data[2 * row] * data[2 * row + 1], 0) / rows.length;
  assert.ok(Math.abs(covariance) < 1e-3);
});

Deno.test("embeddingLayout() keeps clusters apart, is the same for the same seed, and embeddingMap() marks the picks", () => {
  const random = new Random("clusters");
  const labels = Int32Array.from({ length: 60 }, (_, item) => item % 2);
  const embeddings = matrix(Array.from(labels, (label) => [0, 1, 2, 3].map(() => 20 * label + random.normal())));
  const options = { random: new Random(1), limit: 40, include: [0, 59], neighbours: 5 };
  const layout = embeddingLayout(embeddings, options);
  assert.deepEqual(embeddingLayout(embeddings, options), layout);
  assert.ok(layout.items.length >= 40 && layout.items.includes(0) && layout.items.includes(59));
  const nearest = [...layout.items.keys()].filter((row) => {
    const [x, y] = layout.points.data.subarray(2 * row, 2 * row + 2);
    const away = [...layout.items.keys()].map((other) =>
      other === row ? Infinity : Math.hypot(layout.points.data[2 * other] - x, layout.points.data[2 * other + 1] - y)
    );
    return labels[layout.items[away.indexOf(Math.min(...away))]] === labels[layout.items[row]];
  });
  assert.equal(nearest.length, layout.items.length);
  const { svg, summary } = embeddingMap(layout, [{ name: "margin", picks: [0, 59] }], { labels, classNames });
  assert.equal([...svg.matchAll(/<circle /g)].length, 2);
  assert.equal(summary, "margin asked cat 1, dog 1.");
  assert.doesNotMatch(svg, /NaN|undefined/);
  const missing = [...labels.keys()].find((item) => !layout.items.includes(item))!;
  assert.throws(() => embeddingMap(layout, [{ name: "m", picks: [missing] }], { labels, classNames }), /in `include`/);
  assert.throws(() => embeddingMap(layout, [], { labels, classNames }), /at least one panel/);
  assert.throws(() => embeddingLayout(matrix([[1], [2]]), { random }), /at least four/);
});

Deno.test("experimentTable() counts runs, experimentFrame() has every round", async () => {
  const waiting = { ...cell("margin", []), seed: 2, status: "waiting" as const, rounds: [] };
  const failed = { ...waiting, strategy: "bald", status: "failed" as const, error: new Error("no dropout") };
  const cells = [cell("margin", [0]), waiting, failed];
  const [margin, bald] = experimentTable(cells).frame.toRecords();
  assert.deepEqual([margin.done, margin.waiting, margin.labels, margin["test accuracy"]], [1, 1, 4, 0.6]);
  assert.deepEqual([margin["train s"], margin["query s"]], [4, 3]);
  assert.deepEqual([bald.failed, bald.error, bald["test accuracy"]], [1, "no dropout", null]);
  const frame = experimentFrame(cells);
  assert.deepEqual(frame.getColumn("budget").toArray(), [3, 4]);
  assert.deepEqual(frame.getColumn("accuracy").toArray(), [0.5, 0.6]);

  const notebook = recordingScreen();
  const progress = experimentProgress({ screen: notebook });
  progress(cells);
  progress([cell("margin", [0])]);
  await notebook.drained();
  assert.deepEqual(notebook.outputs.map(({ update }) => update), [false, true]);
  const terminal = recordingScreen("terminal");
  experimentProgress({ screen: terminal })(cells);
  await terminal.drained();
  assert.equal(terminal.outputs.length, 0);
});
