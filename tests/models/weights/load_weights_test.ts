import assert from "node:assert/strict";
import { cifarResnet, cnn, loadWeights, Random, readStateDict, saveWeights, tf } from "curio";
import { readWeights } from "../../../lib/training/network_weights.ts";

const shape = { height: 32, width: 32, channels: 3 };
const resnet8 = (seed: number, classes = 10) => cifarResnet({ shape, classes, depth: 8, random: new Random(seed) });

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const before = tf.memory().numTensors;
  try {
    await work(`${folder}/weights.safetensors`);
    assert.equal(tf.memory().numTensors, before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const naming of ["curio", "torch", "keras"] as const) {
  Deno.test(`loadWeights() gives back what saveWeights() wrote in ${naming} naming, and finds the naming itself`, () =>
    inFolder(async (path) => {
      const [one, other] = [resnet8(1), resnet8(2)];
      await saveWeights(one, path, { naming, namePrefix: "_" });
      const report = await loadWeights(other, await readStateDict(path), { namePrefix: "_" });
      assert.deepEqual(await readWeights(other), await readWeights(one));
      const { missing, unexpected, mismatched, left } = report;
      assert.deepEqual({ missing, unexpected, mismatched, left }, {
        ...{ missing: [], unexpected: [], mismatched: [], left: [] },
      });
      assert.equal(report.loaded.length, one.weights.length);
      one.dispose();
      other.dispose();
    }));
}

Deno.test("saveWeights() lays kernels out as PyTorch does: [out, in, h, w], dense [out, in]", () =>
  inFolder(async (path) => {
    const small = { height: 2, width: 3, channels: 2 };
    const network = cnn({ shape: small, classes: 2, filters: [3], denseUnits: [], random: new Random(1) });
    await saveWeights(network, path, { naming: "torch" });
    const state = await readStateDict(path);
    assert.deepEqual([...state.keys()], ["conv1.weight", "conv1.bias", "logits.weight", "logits.bias"]);
    const own = await readWeights(network);
    const kernel = own.get("conv1/kernel")!.data; // [3, 3, 2, 3]
    const saved = await state.get("conv1.weight")!.read(); // [3, 2, 3, 3]
    assert.deepEqual(state.get("conv1.weight")!.shape, [3, 2, 3, 3]);
    // Row 1, column 2, channel 1, filter 2 here; filter 2, channel 1, row 1, column 2 there.
    assert.equal(saved[((2 * 2 + 1) * 3 + 1) * 3 + 2], kernel[((1 * 3 + 2) * 2 + 1) * 3 + 2]);
    const dense = own.get("logits/kernel")!;
    const [inputs] = dense.shape;
    assert.equal((await state.get("logits.weight")!.read())[1 * inputs + 4], dense.data[4 * 2 + 1]);
    network.dispose();
  }));

Deno.test("loadWeights() leaves the network as it was where the last of its weights is damaged", () =>
  inFolder(async (path) => {
    const [one, other] = [resnet8(1), resnet8(2)];
    const [, bias] = one.getLayer("linear").weights;
    const damaged = tf.tensor1d([NaN, ...new Array(9).fill(0)]);
    bias.write(damaged);
    damaged.dispose();
    await saveWeights(one, path, { naming: "torch" });
    const before = await readWeights(other);
    const held = tf.memory().numTensors;
    const state = await readStateDict(path);
    await assert.rejects(loadWeights(other, state), /"linear\.bias" must be finite as float32.*NaN at place 0/);
    assert.deepEqual(await readWeights(other), before);
    assert.equal(tf.memory().numTensors, held);
    one.dispose();
    other.dispose();
  }));

Deno.test("loadWeights() refuses what does not fit, says exactly what, and leaves the network as it was", () =>
  inFolder(async (path) => {
    const [whole, wide] = [resnet8(1), resnet8(2, 7)];
    await saveWeights(whole, path, { naming: "torch" });
    const state = new Map(await readStateDict(path));
    state.set("extra.weight", state.get("bn1.bias")!);
    state.set("bn1.num_batches_tracked", state.get("bn1.bias")!);
    state.delete("bn1.weight");
    const before = await readWeights(wide);
    await assert.rejects(() => loadWeights(wide, state), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(
        error.message,
        /1 missing: bn1\.weight; 1 unexpected: extra\.weight; 2 of another shape: linear\.weight/,
      );
      assert.match(error.message, /linear\.bias \(\[10\] in the file, \[7\] in the network\)/);
      return true;
    });
    assert.deepEqual(await readWeights(wide), before);

    const report = await loadWeights(wide, state, { strict: false, leave: ["linear"] });
    assert.deepEqual(report.left, ["linear.weight", "linear.bias"]);
    assert.deepEqual(report.mismatched, []);
    assert.deepEqual([report.missing, report.unexpected], [["bn1.weight"], ["extra.weight"]]);
    const after = await readWeights(wide);
    assert.deepEqual(after.get("conv1/kernel"), (await readWeights(whole)).get("conv1/kernel"));
    assert.deepEqual(after.get("linear/kernel"), before.get("linear/kernel"));
    whole.dispose();
    wide.dispose();
  }));
