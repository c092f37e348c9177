import assert from "node:assert/strict";
import { join } from "node:path";
import { blocksOf, chooseC, gatherRows, linearProbe, loadProbe, matrix, Random, rowOf, saveProbe, tf } from "curio";
import { withFolder } from "../data/small_datasets.ts";
import { assertClose } from "../query/close_to.ts";
import { wavyEmbeddings } from "./wavy_embeddings.ts";

const ten = { items: 120, features: 8, classes: 10, spread: 0.8 };
const { embeddings, labels } = wavyEmbeddings(ten);
const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);

Deno.test("a saved probe is the same when it is loaded, to the last bit", () =>
  withFolder(async (folder) => {
    const path = join(folder, "deep", "probe.safetensors");
    const probe = await linearProbe(embeddings, labels, { classNames, c: 0.5 });
    await saveProbe(probe, path);
    const loaded = await loadProbe(path);
    assert.deepEqual([loaded.classNames, loaded.c, loaded.weights], [classNames, 0.5, probe.weights]);
    assert.deepEqual(await loaded.probabilities(embeddings), await probe.probabilities(embeddings));
  }));

Deno.test("a damaged probe is refused, whichever byte is wrong", () =>
  withFolder(async (folder) => {
    const path = join(folder, "probe.safetensors");
    await saveProbe(await linearProbe(matrix([[0], [1]]), [0, 1], { classNames: ["a", "b"] }), path);
    const bytes = await Deno.readFile(path);
    for (let at = 0; at < bytes.length; at += 7) {
      await Deno.writeFile(path, bytes.with(at, bytes[at] ^ 1));
      await assert.rejects(loadProbe(path), SyntaxError);
    }
    await assert.rejects(loadProbe(join(folder, "none")), Deno.errors.NotFound);
  }));

Deno.test("a probe reads embeddings in blocks as it reads them in memory", async () => {
  const before = tf.memory().numTensors;
  const many = wavyEmbeddings({ ...ten, items: 9000 }).embeddings;
  const probe = await linearProbe(embeddings, labels, { classNames });
  const whole = await probe.logits(many);
  assert.deepEqual(await probe.logits(blocksOf(many)), whole);
  assert.equal(whole.rows, 9000);
  assertClose(rowOf(whole, 8999), (await probe.logits(gatherRows(many, [8999]))).data, 1e-5);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("a probe that starts from another gives the probabilities of one that does not", async () => {
  const start = await linearProbe(embeddings, labels, { classNames, c: 1 });
  const warm = await linearProbe(embeddings, labels, { classNames, c: 3, start });
  const cold = await linearProbe(embeddings, labels, { classNames, c: 3 });
  assertClose((await warm.probabilities(embeddings)).data, (await cold.probabilities(embeddings)).data, 1e-5);
});

Deno.test("chooseC() takes the C of least held-out loss, and the same for the same seed", async () => {
  const before = tf.memory().numTensors;
  const choose = (criterion: "loss" | "error") =>
    chooseC(embeddings, labels, { classNames, random: new Random(4), folds: 4, criterion, cs: [0.1, 1, 10] });
  for (const criterion of ["loss", "error"] as const) {
    const { c, scores } = await choose(criterion);
    const least = Math.min(...scores.map((score) => score[criterion]));
    assert.equal(scores.find((score) => score[criterion] === least)?.c, c);
    assert.deepEqual(await choose(criterion), { c, scores });
  }
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("chooseC() by a validation set is what each probe does on it", async () => {
  const validation = wavyEmbeddings({ ...ten, items: 40, from: 500 });
  const { scores } = await chooseC(embeddings, labels, {
    classNames,
    random: new Random(1),
    cs: [0.01, 1],
    validation,
  });
  for (const { c, loss, error } of scores) {
    const { data } = await (await linearProbe(embeddings, labels, { classNames, c })).probabilities(
      validation.embeddings,
    );
    const losses = validation.labels.map((label, item) => -Math.log(data[10 * item + label]));
    assertClose([loss], [losses.reduce((sum, value) => sum + value, 0) / 40], 1e-3);
    const wrong = validation.labels.filter((label, item) => {
      const row = data.subarray(10 * item, 10 * item + 10);
      return row.indexOf(Math.max(...row)) !== label;
    });
    assertClose([error], [wrong.length / 40]);
  }
});

Deno.test("chooseC() trains on classes that are too rare to be divided, and stops where it only gets worse", async () => {
  const rare = labels.map((label, item) => label === 3 && item > 20 ? 4 : label);
  const cs = [1e-4, 1e-2, 1, 1e2, 1e4, 1e6, 1e8];
  const { c, scores } = await chooseC(embeddings, rare, { classNames, random: new Random(2), folds: 5, cs });
  assert.ok(scores.length < cs.length, `${scores.length} scores`);
  assert.ok(c > 1e-4 && c < 1e2, `C = ${c}`);
});

Deno.test("chooseC() refuses what it cannot choose from", async () => {
  const random = new Random(1);
  await assert.rejects(
    chooseC(embeddings, labels, { classNames, random, cs: [1, 0.1] }),
    /ascend: current value is \[1,0.1\]/,
  );
  await assert.rejects(
    chooseC(embeddings, labels, { classNames, random, folds: 13 }),
    /each of 13 folds: current value is 12/,
  );
});
