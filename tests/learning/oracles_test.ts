import assert from "node:assert/strict";
import { abstainingOracle, type Answer, noisyOracle, type Oracle, Random, simulatedOracle } from "curio";

const count = 3000;
const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
const everything = Int32Array.from(labels.keys());
const honest = simulatedOracle({ labels });

const ask = (oracle: Oracle, indices = everything, seed = 1): Promise<readonly Answer[]> =>
  oracle.ask(indices, { random: new Random(seed), round: 0 });

/** Share of items of class `truth` that are called `answer`. */
function shareOf(answers: readonly Answer[], { truth, answer }: { truth: number; answer: Answer }): number {
  const own = answers.filter((_, index) => labels[index] === truth);
  return own.filter((given) => given === answer).length / own.length;
}

/** Within five standard deviations of a share of 1,000 draws. */
function closeTo(share: number, expected: number): void {
  assert.ok(Math.abs(share - expected) < 5 * Math.sqrt(0.25 / 1000), `${share} is not near ${expected}`);
}

Deno.test("a symmetric oracle errs at its rate, and calls every other class equally often", async () => {
  const answers = await ask(noisyOracle(honest, { flip: 0.3, classCount: 3 }));
  for (const truth of [0, 1, 2]) {
    for (const answer of [0, 1, 2]) closeTo(shareOf(answers, { truth, answer }), truth === answer ? 0.7 : 0.15);
  }
});

Deno.test("a class-conditional oracle follows its confusion matrix", async () => {
  const confusion = [[1, 0, 0], [0.4, 0.6, 0], [0.1, 0.2, 0.7]];
  const answers = await ask(noisyOracle(honest, { confusion }));
  confusion.forEach((row, truth) => row.forEach((p, answer) => closeTo(shareOf(answers, { truth, answer }), p)));
});

Deno.test("one annotator of several answers each item; a majority of three errs less", async () => {
  const annotators = [0.3, 0.3, 0.3].map((flip) => ({ flip, classCount: 3 }));
  const one = await ask(noisyOracle(honest, { annotators }));
  closeTo(shareOf(one, { truth: 0, answer: 0 }), 0.7);
  const many = await ask(noisyOracle(honest, { annotators, answering: "majority" }));
  // Two or three right: 0.7³ + 3·0.7²·0.3 = 0.784; one right and the others apart, 3·0.7·0.3²·½ = 0.0945, a third by lot.
  closeTo(shareOf(many, { truth: 0, answer: 0 }), 0.784 + 0.0945 / 3);
});

Deno.test("an answer depends on the seed and the item, not on what is asked with it", async () => {
  const oracle = abstainingOracle(noisyOracle(honest, { flip: 0.5, classCount: 3 }), { rate: 0.2 });
  const whole = await ask(oracle);
  const some = Int32Array.of(17, 3, 999);
  assert.deepEqual(await ask(oracle, some), [...some].map((index) => whole[index]));
  assert.notDeepEqual(await ask(oracle, everything, 2), whole);
});

Deno.test("an abstaining oracle is silent at its rate for each class", async () => {
  const answers = await ask(abstainingOracle(honest, { rate: [0, 0.5, 1] }));
  [0, 0.5, 1].forEach((rate, truth) => closeTo(shareOf(answers, { truth, answer: null }), rate));
});

Deno.test("rates and rows that are no probabilities are refused", () => {
  assert.throws(() => noisyOracle(honest, { confusion: [[0.5, 0.4], [0, 1]] }), /sum to 1/);
  assert.throws(() => noisyOracle(honest, { flip: 1.5, classCount: 3 }), RangeError);
  assert.throws(() => noisyOracle(honest, { annotators: [] }), RangeError);
  assert.throws(() => abstainingOracle(honest, { rate: 2 }), RangeError);
});
