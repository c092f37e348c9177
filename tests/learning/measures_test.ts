import assert from "node:assert/strict";
import { heldOutScores, matrix, predictionStability, type Round, type RoundProgress, stoppingRules } from "curio";

const near = (actual: number | null | undefined, expected: number) =>
  assert.ok(Math.abs(actual! - expected) < 1e-6, `${actual} is not ${expected}`);

Deno.test("heldOutScores() has accuracy, loss, Brier score and both calibration errors", () => {
  const scores = heldOutScores({
    labels: Int32Array.of(0, 1, 1),
    probabilities: matrix([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]),
    classNames: ["a", "b"],
  });
  near(scores.accuracy, 2 / 3);
  near(scores.loss, -(2 * Math.log(0.75) + Math.log(0.5)) / 3);
  // (1/16 + 1/16) twice and (1/4 + 1/4) once.
  near(scores.brier, (0.125 + 0.125 + 0.5) / 3);
  // One example in each bin by count: gaps 0.25, 0.5, 0.25.
  near(scores.adaptiveCalibrationError, 1 / 3);
  // By width, the two of 0.75 share a bin.
  near(scores.calibrationError, 1 / 3);
  assert.deepEqual(scores.confusion, [[1, 0], [1, 1]]);
});

Deno.test("predictionStability() has kappa, changes and F between two models", () => {
  // Now 0, 0, 1, 1; before 0, 1, 1, 1: agreement 3/4, expected (2·1 + 2·3)/16 = 1/2, so kappa 1/2;
  // F of class 0 is 2/(2 + 1) and of class 1 4/(4 + 1).
  const now = matrix([[1, 0], [1, 0], [0, 1], [0.5 - 1e-3, 0.5 + 1e-3]]);
  const { kappa, changed, deltaF, ...alone } = predictionStability(now, { before: [0, 1, 1, 1] });
  near(kappa, 0.5);
  near(changed, 0.25);
  near(deltaF, 1 - (2 / 3 + 4 / 5) / 2);
  const { maxEntropy, meanEntropy, meanConfidence } = alone;
  assert.ok(maxEntropy > 0.999 && Math.abs(meanEntropy - maxEntropy / 4) < 1e-6);
  near(meanConfidence, (3 + 0.501) / 4);
  assert.equal(predictionStability(now).kappa, null);
  assert.equal(predictionStability(matrix([[1, 0]]), { before: [0] }).kappa, 1);
});

function roundOf(changes: Partial<Round>): RoundProgress {
  return {
    round: 0,
    strategy: "margin",
    labels: 10,
    validationLabels: 0,
    budget: 10,
    abstained: 0,
    classCounts: [5, 5],
    training: { from: "scratch", steps: null },
    asked: [],
    warnings: [],
    seconds: { train: 0, evaluate: 0, score: 0, select: 0, label: 0 },
    ...changes,
  };
}

const stable = (values: Partial<NonNullable<Round["stability"]>>) =>
  roundOf({
    stability: {
      ...{ count: 9, kappa: 0.5, changed: 0.5, deltaF: 0.5, meanConfidence: 0.5, meanEntropy: 0.5, maxEntropy: 0.9 },
      ...values,
    },
  });
const valid = (accuracy: number) =>
  roundOf({
    validation: {
      count: 9,
      accuracy,
      loss: 1,
      brier: 1,
      calibrationError: 0,
      adaptiveCalibrationError: 0,
      confusion: [],
    },
  });

const { targetAccuracy, plateau, stabilisedPredictions, deltaF, ...others } = stoppingRules;

Deno.test("each stopping rule stops where its figure says so, and not a round before", () => {
  const foreseen = (label: number) =>
    roundOf({ asked: [{ index: 1, score: 1, prediction: 1, confidence: 0.6, label }] });
  // Each round buys ten labels.
  const bought = (rounds: readonly RoundProgress[]) => rounds.map((each, at) => ({ ...each, labels: 10 * at }));
  const expecting = (...means: number[]) => bought(means.map((meanConfidence) => stable({ meanConfidence })));
  const asking = (...least: number[]) =>
    bought([...least, 1].map((confidence) =>
      roundOf({
        asked: [0.99, confidence].map((confidence) => ({ index: 1, score: 1, prediction: 1, confidence, label: 1 })),
      })
    ));
  const cases: [ReturnType<typeof plateau>, stop: RoundProgress[], goOn: RoundProgress[]][] = [
    [targetAccuracy(0.8), [valid(0.8)], [valid(0.79)]],
    [plateau({ patience: 2 }), [0.5, 0.502, 0.501].map(valid), [0.5, 0.502, 0.51].map(valid)],
    [
      stabilisedPredictions(),
      [0.2, 0.981, 0.99, 1].map((kappa) => stable({ kappa })),
      [0.2, 0.97, 0.99, 1].map((kappa) => stable({ kappa })),
    ],
    [stabilisedPredictions({ window: 2 }), [0.2, 0.99, 1].map((kappa) => stable({ kappa })), [stable({ kappa: 1 })]],
    [
      deltaF({ window: 2 }),
      [0.04, 0.01].map((deltaF) => stable({ deltaF })),
      [0.06, 0.01].map((deltaF) => stable({ deltaF })),
    ],
    [others.classificationChange(), [stable({ changed: 0 })], [stable({ changed: 0.01 })]],
    [others.overallUncertainty(), [stable({ meanEntropy: 0.05 })], [stable({ meanEntropy: 0.051 })]],
    [others.maxConfidence(), [stable({ maxEntropy: 0.001 })], [stable({ maxEntropy: 0.0011 })]],
    [
      others.confidenceDrop(),
      [0.5, 0.1, 0.11, 0.12, 0.13].map((meanEntropy) => stable({ meanEntropy })),
      [0.1, 0.11, 0.11, 0.12, 0.13].map((meanEntropy) => stable({ meanEntropy })),
    ],
    [others.selectedAccuracy(), [foreseen(1), roundOf({})], [foreseen(0), roundOf({})]],
    // Means of two, 0.8 and 0.8004: a rise of 0.00004 for each of ten labels; with 0.8006 it is 0.00006.
    [
      others.performanceConvergence({ window: 2 }),
      expecting(0.8, 0.8, 0.8008),
      expecting(0.8, 0.8, 0.8012),
    ],
    // Medians of three, 0.6 and 0.6004; with 0.6006 they rise too fast.
    [
      others.uncertaintyConvergence({ window: 3 }),
      asking(0.5, 0.6, 0.6004, 0.7),
      asking(0.5, 0.6, 0.6006, 0.7),
    ],
  ];
  assert.deepEqual(new Set(cases.map(([{ name }]) => name)), new Set(Object.keys(stoppingRules)));
  for (const [rule, stop, goOn] of cases) {
    assert.equal(typeof rule.check(stop), "string", rule.name);
    assert.equal(rule.check(goOn), undefined, rule.name);
    assert.equal(rule.check([]), undefined, rule.name);
    assert.equal(rule.check([roundOf({})]), undefined, rule.name);
  }
  // No new maximum, or a fall: the peak is over, and these rules say nothing.
  const { performanceConvergence, uncertaintyConvergence } = others;
  assert.equal(performanceConvergence({ window: 2 }).check(expecting(0.9, 0.8, 0.8004)), undefined);
  assert.equal(performanceConvergence({ window: 2 }).check(expecting(0.8, 0.8, 0.8008).slice(1)), undefined);
  assert.equal(uncertaintyConvergence({ window: 3 }).check(asking(0.8, 0.6, 0.6004, 0.7)), undefined);
});
