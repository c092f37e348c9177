import assert from "node:assert/strict";
import fc from "fast-check";
import { type ContinualNetwork, type Exemplar, lwf, matrix, naive, Random, tf } from "curio";
import { projected } from "../../lib/continual/a_gem.ts";
import { classQuotas } from "../../lib/continual/class_quotas.ts";
import { continualNetwork, disposeBatch } from "../../lib/continual/continual_network.ts";
import { fisherInformation } from "../../lib/continual/fisher_information.ts";
import { herdingOrder } from "../../lib/continual/herding_buffer.ts";
import { distillation } from "../../lib/continual/distillation.ts";
import { quadraticPenalty } from "../../lib/continual/quadratic_penalty.ts";
import { memoryBuffers } from "../../lib/continual/replay.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { smallOptions, smallStream } from "./small_stream.ts";

const exemplarsOf = (labels: readonly number[], experience = 0): Exemplar[] =>
  labels.map((label, index) => ({ experience, index, label }));

function smallNetwork(): ContinualNetwork {
  const { stream, build, random } = smallOptions({ strategy: naive() });
  return continualNetwork({ stream, build, random, optimizer: optimizerOf("sgd") });
}

const near = (actual: number, wanted: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual}, wanted ${wanted}`);

for (const [name, make] of Object.entries(memoryBuffers)) {
  Deno.test(`the ${name} memory keeps its promise whatever comes`, async () => {
    const experiences = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(experiences, fc.integer({ min: 1, max: 20 }), async (labels, capacity) => {
        const buffer = make(capacity);
        let memory: readonly Exemplar[] = [];
        let seen = 0;
        for (const [experience, own] of labels.entries()) {
          memory = await buffer.update(memory, {
            offered: exemplarsOf(own, experience),
            seen,
            random: new Random(experience),
            features: (which) => Promise.resolve(matrix(which.map(({ index, label }) => [index % 7, label + 1]))),
          });
          seen += own.length;
          assert.equal(memory.length, Math.min(capacity, seen));
          assert.equal(
            new Set(memory.map((exemplar) => `${exemplar.experience}/${exemplar.index}`)).size,
            memory.length,
          );
        }
      }),
      { numRuns: 50 },
    );
  });
}

Deno.test("the reservoir keeps each of all examples equally often", async () => {
  const counts = Array<number>(20).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const memory = await memoryBuffers.reservoir(5).update([], {
      offered: exemplarsOf(Array(20).fill(0)),
      seen: 0,
      random: new Random(seed),
      features: () => Promise.reject(new Error("a reservoir needs no features")),
    });
    for (const { index } of memory) counts[index]++;
  }
  // 500 each; the standard deviation of a count is √(2000 · ¼ · ¾) = 19.4.
  assert.ok(counts.every((count) => Math.abs(count - 500) < 5 * 19.4), counts.join());
});

Deno.test("classQuotas() shares evenly, and gives what a small class leaves to the others", () => {
  assert.deepEqual([...classQuotas(new Map([[0, 10], [1, 10], [2, 10]]), 10)].sort(), [[0, 4], [1, 3], [2, 3]]);
  assert.deepEqual([...classQuotas(new Map([[0, 1], [1, 10], [2, 10]]), 11)].sort(), [[0, 1], [1, 5], [2, 5]]);
  assert.deepEqual([...classQuotas(new Map([[0, 1], [1, 2]]), 11)].sort(), [[0, 1], [1, 2]]);
});

Deno.test("herdingOrder() takes first what is nearest to the mean, then what brings the running mean there", () => {
  // Mean 3. Nearest: 2. Then (2 + 5) / 2 = 3.5, off by 0.5. Then (2 + 5 + 0) / 3 = 2.33 is nearer than (2 + 5 + 5) / 3 = 4.
  assert.deepEqual(herdingOrder(matrix([[0], [2], [5], [5]]), 4), [1, 2, 0, 3]);
});

Deno.test("quadraticPenalty() is the sum of its terms, in value and gradient, by hand", () => {
  const before = tf.memory().numTensors;
  const weight = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const penalty = quadraticPenalty([weight], 2);
  const at = (values: number[], work: () => void) => {
    tf.tidy(() => weight.assign(tf.tensor1d(values)));
    work();
  };
  at([1, 2], () => tf.tidy(() => penalty.add([tf.tensor1d([2, 0])])));
  assert.equal(penalty.value(), 0);
  at([3, 5], () => tf.tidy(() => penalty.add([tf.tensor1d([1, 0.5])])));
  // λ is 2. At (4, 6): ½·(4·(4−1)² + 2·(4−3)² + 1·(6−5)²) = ½·(36 + 2 + 1); gradient (4·3 + 2·1, 1·1).
  at([4, 6], () => {
    near(penalty.value(), 19.5);
    tf.tidy(() => {
      const [gradient] = penalty.addTo([tf.tensor1d([100, -100])]);
      assert.deepEqual(Array.from(gradient.dataSync(), Math.round), [114, -99]);
    });
  });
  // Online: stiffness ½·(6, 1) + (1, 1), anchored at (4, 6).
  at([4, 6], () => tf.tidy(() => penalty.replace([tf.tensor1d([0.5, 0.5])], 0.5)));
  at([5, 8], () => near(penalty.value(), 0.5 * (4 * 1 + 1.5 * 4)));
  penalty.dispose();
  weight.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("fisherInformation() is the mean of single examples' squared gradients; Avalanche's is that of the mean's", async () => {
  const before = tf.memory().numTensors;
  const network = smallNetwork();
  const own = exemplarsOf([...smallStream().experiences[0].train.labels.subarray(0, 6)]);
  const options = { samples: 6, batchSize: 6, seen: 2, random: new Random(1) };
  const squares = async (groups: Exemplar[][]) => {
    let sum = 0;
    for (const group of groups) {
      const batch = await network.read(group, 2);
      sum += tf.tidy(() =>
        tf.addN(network.gradients(() => network.crossEntropy([batch])).gradients.map((g) => g.square().sum()))
          .dataSync()[0]
      );
      disposeBatch(batch);
    }
    return sum / groups.length;
  };
  const total = async (estimate: "true" | "batchGradient") => {
    const fisher = await fisherInformation(network, own, { ...options, estimate });
    const sum = tf.tidy(() => tf.addN(fisher.map((part) => part.sum())).dataSync()[0]);
    tf.dispose(fisher);
    return sum;
  };
  const [single, whole] = [await squares(own.map((one) => [one])), await squares([own])];
  near(await total("true"), single, 1e-4);
  near(await total("batchGradient"), whole, 1e-4);
  assert.ok(whole < single / 1.5);
  network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a snapshot is frozen: training the network changes nothing in it", async () => {
  const before = tf.memory().numTensors;
  const network = smallNetwork();
  const batch = await network.read(exemplarsOf([...smallStream().experiences[0].train.labels]), 2);
  const logits = (of: Pick<ContinualNetwork, "logits">) => tf.tidy(() => of.logits(batch.x).dataSync().slice());
  const teacher = network.snapshot();
  const known = logits(teacher);
  assert.deepEqual(known, logits(network));
  for (let step = 0; step < 5; step++) {
    tf.tidy(() => network.apply(network.gradients(() => network.crossEntropy([batch])).gradients, 0.5));
  }
  assert.deepEqual(logits(teacher), known);
  assert.notDeepEqual(logits(network), known);
  teacher.dispose();
  disposeBatch(batch);
  network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("distillation() is the cross-entropy at temperature T, new units being 0 for the teacher", () => {
  tf.tidy(() => {
    const student = tf.tensor2d([[Math.log(4), 0, Math.log(4), 9]]);
    // At T = 2: student (2, 1, 2) / 5, teacher (3, 1) / 4 and nothing for the third; the fourth is of no head.
    const known = tf.tensor2d([[Math.log(9), 0, 5, 5]]);
    const first = { taught: [0, 1], competing: [0, 1, 2], weight: 4 };
    const wanted = -4 * (0.75 * Math.log(2 / 5) + 0.25 * Math.log(1 / 5));
    near(distillation(student, { known, temperature: 2, heads: [first] }).dataSync()[0], wanted);
    // Among 1 and 2 alone: student (1, 2) / 3, teacher (1, e^2.5) / (1 + e^2.5).
    const second = { taught: [1, 2], competing: [1, 2], weight: 0.5 };
    const [one, two] = [1, Math.exp(2.5)].map((value) => value / (1 + Math.exp(2.5)));
    const added = -0.5 * (one * Math.log(1 / 3) + two * Math.log(2 / 3));
    near(distillation(student, { known, temperature: 2, heads: [first, second] }).dataSync()[0], wanted + added);
  });
});

Deno.test("lwf() asks for each head where tasks are known, otherwise among all; T² and the share are in the weights", async () => {
  for (
    const [scenario, over, heads] of [
      ["task", "sum", [{ taught: [0, 1], competing: [0, 1], weight: 4 * 0.5 }]],
      ["class", "sum", [{ taught: [0, 1], competing: [0, 1, 2, 3], weight: 4 * 0.5 }]],
      ["class", "mean", [{ taught: [0, 1], competing: [0, 1, 2, 3], weight: 0.5 }]],
      ["domain", "mean", [{ taught: [0, 1], competing: [0, 1], weight: 1 }]],
    ] as const
  ) {
    const { stream, build, random } = smallOptions({ strategy: naive(), scenario });
    const network = continualNetwork({ stream, build, random, optimizer: optimizerOf("sgd") });
    const run = lwf({ over }).start(network);
    assert.equal(run.teaching!(), undefined);
    await run.afterExperience!({ number: 0, own: [], random });
    const { teacher: _, ...teaching } = run.teaching!()!;
    assert.deepEqual(teaching, { temperature: 2, labels: 0.5, heads });
    run.dispose!();
    network.dispose();
  }
});

Deno.test("A-GEM projects a gradient only where it points against the reference, and then at right angles to it", () => {
  tf.tidy(() => {
    const gradients = [tf.tensor1d([1, 0]), tf.tensor1d([-2])];
    const along = [tf.tensor1d([1, 1]), tf.tensor1d([0])];
    assert.deepEqual(projected(gradients, along).map((g) => [...g.dataSync()]), [[1, 0], [-2]]);
    // g·r = 1 − 2 = −1, r·r = 3: g + r / 3.
    const against = [tf.tensor1d([1, 1]), tf.tensor1d([1])];
    const [first, second] = projected(gradients, against).map((g) => [...g.dataSync()]);
    near(first[0], 4 / 3);
    near(first[1], 1 / 3);
    near(second[0], -5 / 3);
  });
});
