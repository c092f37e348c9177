import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CheckpointError, cosineDecay, type FitOptions, type History, Random, tf } from "curio";
import { encodeSafetensors, parseSafetensors } from "../../lib/training/safetensors.ts";
import { checkpointedRun } from "./checkpointed_run.ts";

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "run.safetensors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A history but for the time it took. */
function timeless({ epochs, ...history }: History) {
  return { ...history, seconds: 0, epochs: epochs.map((record) => ({ ...record, seconds: 0 })) };
}

Deno.test("fit() aborted after any step and called again ends bit-equal to a run that was not", async () => {
  const whole = await checkpointedRun();
  assert.equal(whole.history.steps, 12);
  const stops = new Set<number>();
  for (let abortAt = 2; abortAt < 12; abortAt += 2) {
    await inFolder(async (path) => {
      const before = tf.memory().numTensors;
      const controller = new AbortController();
      const first = await checkpointedRun({
        checkpoint: { path },
        signal: controller.signal,
        onRead: (read) => read === abortAt && controller.abort(),
      });
      assert.equal(first.history.stopped, "aborted");
      stops.add(first.history.steps);
      const second = await checkpointedRun({ checkpoint: { path } });
      assert.deepEqual(timeless(second.history), timeless(whole.history));
      assert.deepEqual(second.weights, whole.weights);
      assert.equal(tf.memory().numTensors, before);
    });
  }
  assert.ok(stops.size === 5, "stops within epochs and between them");
});

Deno.test("fit() in a process that is killed twice ends bit-equal to a run that was not", async () => {
  const whole = await checkpointedRun();
  await inFolder(async (path) => {
    const weightsPath = `${path}.end`;
    const script = fileURLToPath(new URL("./checkpointed_run.ts", import.meta.url));
    for (const killAt of [5, 4, undefined]) {
      const args = ["run", "-A", script, path, weightsPath, `${killAt}`];
      const { signal, success } = await new Deno.Command(Deno.execPath(), { args }).output();
      if (killAt === undefined) assert.ok(success);
      else assert.equal(signal, "SIGKILL");
    }
    assert.deepEqual(parseSafetensors(await Deno.readFile(weightsPath), weightsPath).tensors, whole.weights);
  });
});

Deno.test("fit() gives the history and the weights of a finished run again, without a step", async () => {
  await inFolder(async (path) => {
    const first = await checkpointedRun({ checkpoint: { path } });
    let reads = 0;
    const second = await checkpointedRun({ checkpoint: { path }, onEpoch: () => reads++ });
    assert.deepEqual(second, first);
    assert.equal(reads, 0);
  });
});

Deno.test("fit() refuses the checkpoint of another configuration, and says what differs", async () => {
  await inFolder(async (path) => {
    await checkpointedRun({ checkpoint: { path } });
    const refused = (options: Partial<FitOptions>, difference: RegExp) =>
      assert.rejects(checkpointedRun({ checkpoint: { path }, ...options }), (error) => {
        assert.ok(error instanceof CheckpointError);
        assert.match(error.message, difference);
        return true;
      });
    await refused({ batchSize: 8 }, /batchSize is another: 16 there, 8 here/);
    await refused({ random: new Random(2) }, /seed is another/);
    await refused({ learningRate: cosineDecay(0.005) }, /learningRate is another/);
    await refused({ optimizer: "adamw" }, /optimizer is another/);
    await refused({ augmentation: {} }, /augmentation is another/);
    await refused({ earlyStopping: { patience: 4 } }, /earlyStopping is another/);
    await refused({ epochs: 5 }, /steps is another: 12 there, 15 here/);
  });
});

Deno.test("fit() refuses a damaged checkpoint, whichever bit was flipped, and leaves no tensor behind", async () => {
  await inFolder(async (path) => {
    await checkpointedRun({ checkpoint: { path }, epochs: 1 });
    const whole = await Deno.readFile(path);
    const random = new Random(1);
    const before = tf.memory().numTensors;
    for (let round = 0; round < 12; round++) {
      const damaged = whole.slice();
      damaged[random.integer(whole.length)] ^= 1 << random.integer(8);
      await Deno.writeFile(path, round % 3 === 0 ? whole.subarray(0, random.integer(whole.length)) : damaged);
      await assert.rejects(checkpointedRun({ checkpoint: { path }, epochs: 1 }), (error) => {
        assert.ok(error instanceof CheckpointError);
        assert.match(error.message, /run\.safetensors is not a whole checkpoint\. Delete the file/);
        return true;
      });
    }
    await Deno.writeFile(path, encodeSafetensors({ tensors: new Map(), metadata: {} }));
    await assert.rejects(checkpointedRun({ checkpoint: { path } }), CheckpointError);
    assert.equal(tf.memory().numTensors, before);
  });
});

Deno.test("fit() refuses to keep checkpoints at impossible intervals", async () => {
  await assert.rejects(checkpointedRun({ checkpoint: { path: "unused", everySteps: 0 } }), /everySteps.*is 0/);
});
