import assert from "node:assert/strict";
import { bald, batchBald, type Matrix, matrix, Random, topK } from "curio";
import fc from "fast-check";

function passesOf({ count, rows, columns }: { count: number; rows: number; columns: number }, seed: number): Matrix[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    matrix(Array.from({ length: rows }, () => {
      const weights = Array.from({ length: columns }, () => Math.exp(2 * random.normal()));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => weight / sum);
    })));
}

/** I(y_batch ; pass) by going through every joint outcome. */
function jointInformation(passes: readonly Matrix[], batch: readonly number[]): number {
  const columns = passes[0].columns;
  let information = 0;
  for (let outcome = 0; outcome < columns ** batch.length; outcome++) {
    const likelihoods = passes.map(({ data }) =>
      batch.reduce((product, row, place) => {
        const label = Math.floor(outcome / columns ** place) % columns;
        return product * data[row * columns + label];
      }, 1)
    );
    const mean = likelihoods.reduce((sum, likelihood) => sum + likelihood, 0) / passes.length;
    for (const likelihood of likelihoods) {
      if (likelihood > 0) information += likelihood / passes.length * Math.log(likelihood / mean);
    }
  }
  return information;
}

Deno.test("BatchBALD at k = 1 equals BALD", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const passes = passesOf({ count: 4, rows: 9, columns: 3 }, seed);
      const scores = bald(passes);
      const { rows: [row], scores: [score] } = batchBald(passes, { k: 1 });
      assert.equal(row, topK(scores, 1)[0]);
      assert.equal(score, scores[row]);
    }),
    { numRuns: 30 },
  );
});

Deno.test("BatchBALD picks greedily by the exact joint information while it fits", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const passes = passesOf({ count: 3, rows: 7, columns: 3 }, seed);
      const { rows, scores } = batchBald(passes, { k: 4 });
      const batch: number[] = [];
      for (let place = 0; place < 4; place++) {
        const values = Array.from(
          { length: 7 },
          (_, row) => batch.includes(row) ? -1 : jointInformation(passes, [...batch, row]),
        );
        const best = Math.max(...values);
        assert.ok(Math.abs(values[rows[place]] - best) < 1e-6, `pick ${place}: ${values[rows[place]]} of ${best}`);
        assert.ok(Math.abs(scores[place] - best) < 1e-6);
        batch.push(rows[place]);
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("BatchBALD from sampled outcomes comes close to the exact information", () => {
  const passes = passesOf({ count: 6, rows: 12, columns: 4 }, 3);
  const exact = batchBald(passes, { k: 5, outcomes: 2000 });
  const sampled = batchBald(passes, { k: 5, outcomes: 300, random: new Random(5) });
  assert.ok(Math.abs(jointInformation(passes, [...exact.rows]) - exact.scores[4]) < 1e-6);
  assert.ok(Math.abs(jointInformation(passes, [...sampled.rows]) - sampled.scores[4]) < 0.05);
});

Deno.test("BatchBALD does not ask the same question twice", () => {
  const passes = passesOf({ count: 5, rows: 6, columns: 3 }, 8);
  const sure = passes.map((_, pass) => matrix([[0, 1].map((label) => (pass + label) % 2), [1, 0]]));
  // Items 0 and 2 are the same; once 0 is answered with certainty, 2 adds nothing and 1 neither.
  const doubled = sure.map(({ data }) => matrix([[data[0], data[1]], [data[2], data[3]], [data[0], data[1]]]));
  const { scores } = batchBald(doubled, { k: 3 });
  assert.ok(Math.abs(scores[1] - scores[0]) < 1e-12 && Math.abs(scores[2] - scores[0]) < 1e-12);
});

Deno.test("BatchBALD's information never falls and never exceeds ln T", () => {
  const { scores } = batchBald(passesOf({ count: 4, rows: 30, columns: 3 }, 2), { k: 30, outcomes: 100 });
  scores.forEach((score, place) => {
    assert.ok(score <= Math.log(4) + 0.02 && (place === 0 || score >= scores[place - 1]));
  });
});

Deno.test("BatchBALD takes rows with NaN last and refuses batches that cannot be", () => {
  const spoilt = [matrix([[NaN, 1], [1, 0], [0.5, 0.5]]), matrix([[0, 1], [0, 1], [0.5, 0.5]])];
  const { rows, scores } = batchBald(spoilt, { k: 3 });
  assert.equal(rows[2], 0);
  assert.ok(Number.isNaN(scores[2]));
  assert.throws(() => batchBald(spoilt, { k: 4 }), /k must be an integer in 0…3: current value is 4/);
  assert.throws(() => batchBald(spoilt, { k: 1, outcomes: 0 }), RangeError);
});

Deno.test("batchBald() scores as batchbald_redux does while its joint entropies are exact", () => {
  const uniform = mersenneTwister(0);
  const passes = Array.from({ length: 10 }, () =>
    matrix(Array.from({ length: 200 }, () => {
      const [a, b] = [uniform(), uniform()];
      return [a / (a + b), b / (a + b)];
    })));
  // scikit-activeml, tests of batch_bald: get_batchbald_batch on RandomState(0).random((10, 200, 2)), normalised; from
  // the fifth pick on theirs is an estimate from ten samples.
  const expected = [0.26082319, 0.51374567, 0.73904878, 0.93539158];
  batchBald(passes, { k: 4 }).scores.forEach((score, place) =>
    assert.ok(Math.abs(score - expected[place]) < 1e-6, `${score} is not ${expected[place]}`)
  );
});

/** NumPy's `RandomState(seed).random()`: MT19937 (Matsumoto and Nishimura, 1998), 53 bits a number. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let at = 1; at < 624; at++) {
    state[at] = Math.imul(1812433253, state[at - 1] ^ (state[at - 1] >>> 30)) + at;
  }
  let next = 624;
  const word = () => {
    if (next === 624) {
      for (let at = 0; at < 624; at++) {
        const bits = (state[at] & 0x80000000) | (state[(at + 1) % 624] & 0x7fffffff);
        state[at] = state[(at + 397) % 624] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
      }
      next = 0;
    }
    let bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
  return () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
}
