import assert from "node:assert/strict";
import { type Matrix, matrix, type PoolSources, poolView, Random, restrict, type RowReader } from "curio";

const probabilities = matrix([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]]);
const embeddings = matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);

Deno.test("a view computes each thing once, and only when it is asked for", async () => {
  const calls: string[] = [];
  const source = (name: string) => (ids: Int32Array) => {
    calls.push(`${name} ${ids}`);
    return { rows: ids.length, columns: 2, data: new Float32Array(ids.length * 2) };
  };
  const view = poolView({
    classCount: 2,
    candidates: [5, 3],
    labelled: [8],
    labels: [1],
    probabilities: source("probabilities"),
    embeddings: source("embeddings"),
    labelledEmbeddings: source("labelledEmbeddings"),
  });
  assert.deepEqual(calls, []);
  assert.equal(await view.probabilities(), await view.probabilities());
  await view.labelledEmbeddings();
  assert.deepEqual(calls, ["probabilities 5,3", "labelledEmbeddings 8"]);
});

Deno.test("a restricted view computes for its own candidates only, or gathers what is computed", async () => {
  const asked: number[][] = [];
  const rowOfId = (id: number) => [id / 100, 1 - id / 100];
  const sources: PoolSources = {
    classCount: 2,
    candidates: [10, 20, 30, 40],
    probabilities: (ids) => {
      asked.push([...ids]);
      return matrix(Array.from(ids, rowOfId));
    },
  };
  const fresh = poolView(sources).restrictedTo(Int32Array.of(40, 20));
  assert.deepEqual(await fresh.probabilities(), matrix([rowOfId(40), rowOfId(20)]));
  assert.deepEqual(asked, [[40, 20]]);

  const whole = poolView(sources);
  await whole.probabilities();
  const gathered = whole.restrictedTo(Int32Array.of(30, 20, 10)).restrictedTo(Int32Array.of(10, 30));
  assert.deepEqual(await gathered.probabilities(), matrix([rowOfId(10), rowOfId(30)]));
  assert.equal(asked.length, 2);
  assert.throws(() => whole.restrictedTo(Int32Array.of(10, 11)), /current value is 11/);
});

Deno.test("a restricted view gathers embeddings in blocks, committees and the refitter", async () => {
  const view = poolView({
    classCount: 2,
    candidates: [4, 5, 6],
    probabilities,
    embeddings,
    committee: [probabilities],
    labelled: [0, 1],
    labels: [0, 1],
    labelledEmbeddings: matrix([[0, 0, 0], [1, 1, 1]]),
  });
  const part = view.restrictedTo(Int32Array.of(6, 4));
  const blocks = await part.embeddingBlocks();
  assert.deepEqual([blocks.rows, blocks.columns], [2, 3]);
  assert.deepEqual(await blocks.read(0, 2), matrix([[7, 8, 9], [1, 2, 3]]));
  assert.deepEqual(await part.committee(), [matrix([[0.2, 0.8], [0.9, 0.1]])]);
  const [whole, partly] = await Promise.all([view.refit(), part.refit()]);
  assert.deepEqual((await partly.refit(0, 1)).parameters, (await whole.refit(2, 1)).parameters);
  assert.equal((await (await partly.refit(0, 1)).probabilities()).rows, 2);
  assert.equal(part.labelled.length, 2);
});

Deno.test("probabilities follow from logits, and logits from probabilities", async () => {
  const fromLogits = await poolView({ classCount: 2, logits: matrix([[Math.log(3), 0]]) }).probabilities();
  assert.ok(Math.abs(fromLogits.data[0] - 0.75) < 1e-6);
  const fromProbabilities = await poolView({ classCount: 2, probabilities }).logits();
  assert.ok(Math.abs(fromProbabilities.data[1] - Math.log(0.1)) < 1e-6);
});

Deno.test("embeddings in blocks and in memory follow from each other", async () => {
  const reads: string[] = [];
  const reader: RowReader = {
    rows: 3,
    columns: 3,
    read: (first, count) => {
      reads.push(`${first}+${count}`);
      return Promise.resolve({ rows: count, columns: 3, data: embeddings.data.slice(first * 3, (first + count) * 3) });
    },
  };
  const view = poolView({ classCount: 2, embeddingBlocks: reader });
  assert.ok(view.offers("embeddings"));
  assert.deepEqual(await view.embeddings(), embeddings);
  assert.deepEqual(reads, ["0+3"]);
  const part = view.restrictedTo(Int32Array.of(0, 2));
  assert.deepEqual(await (await part.embeddingBlocks()).read(0, 2), matrix([[1, 2, 3], [7, 8, 9]]));

  const blocks = await poolView({ classCount: 2, embeddings }).embeddingBlocks();
  const block = await blocks.read(1, 2);
  assert.deepEqual([...block.data], [4, 5, 6, 7, 8, 9]);
  assert.equal(block.data.buffer, embeddings.data.buffer);
});

Deno.test("with nothing labelled, the labelled matrices have no rows", async () => {
  const view = poolView({ classCount: 2, embeddings });
  const nothing = (columns: number): Matrix => ({ rows: 0, columns, data: new Float32Array(0) });
  assert.deepEqual(await view.labelledEmbeddings(), nothing(3));
  assert.deepEqual(await view.labelledProbabilities(), nothing(2));
});

Deno.test("a view says what it offers, and how to mend what it does not", async () => {
  const view = poolView({ classCount: 2, probabilities });
  assert.ok(view.offers("probabilities") && view.offers("logits") && view.offers("labelledProbabilities"));
  for (const need of ["embeddings", "labelledEmbeddings", "committee", "dropoutPasses", "refit"] as const) {
    assert.equal(view.offers(need), false);
    await assert.rejects(view[need](), {
      name: "TypeError",
      message: new RegExp(`Give poolView\\(\\) a source named`),
    });
  }
});

Deno.test("a view refuses ids, labels and shapes that do not fit", async () => {
  const good = { classCount: 2, probabilities, candidates: [0, 1, 2] };
  const refusals: [Partial<PoolSources>, RegExp][] = [
    [{ classCount: 0 }, /class count must be an integer ≥ 1: current value is 0/],
    [{ candidates: [0, 1, 0] }, /candidate more than once/],
    [{ labelled: [2], labels: [0] }, /item 2 is both a candidate and labelled/],
    [{ labelled: [7, 7], labels: [0, 1] }, /labelled more than once/],
    [{ labelled: [7] }, /each of 1 labelled items must have one label: current value is 0/],
    [{ labelled: [7], labels: [2] }, /a label must be in 0…1: current value is 2/],
  ];
  for (const [change, message] of refusals) assert.throws(() => poolView({ ...good, ...change }), message);
  await assert.rejects(
    poolView({ ...good, candidates: [1] }).probabilities(),
    /one row for each of 1 items: current value is 3/,
  );
  await assert.rejects(poolView({ ...good, classCount: 3 }).probabilities(), /each of 3 classes: current value is 2/);
  assert.throws(() => poolView({ classCount: 2 }), /`candidates` must be given/);
});

Deno.test("restrict() draws by seed and id, whatever the order of the pool", () => {
  const ids = Int32Array.from({ length: 200 }, (_, row) => 7 * row);
  const drawn = (candidates: Int32Array, seed: number) =>
    restrict(poolView({ classCount: 2, candidates }), { size: 20, random: new Random(seed) }).candidates;
  const kept = drawn(ids, 1);
  assert.equal(new Set(kept).size, 20);
  assert.deepEqual(kept, kept.toSorted());
  assert.deepEqual(drawn(ids.toReversed(), 1), kept);
  assert.notDeepEqual(drawn(ids, 2), kept);
  assert.equal(drawn(ids.subarray(0, 5), 1).length, 5);
  assert.throws(
    () => restrict(poolView({ classCount: 2, candidates: ids }), { size: -1, random: new Random(1) }),
    RangeError,
  );
});
