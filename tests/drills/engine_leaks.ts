/**
 * Trains for thousands of steps and compiles a hundred networks, and checks that memory stays where it was once both had
 * settled. Says the resident memory along the way.
 *
 *     deno run -A tests/drills/engine_leaks.ts [STEPS] [COMPILATIONS]
 *
 * @module
 */
import assert from "node:assert/strict";
import { cnn, graphEngine, Random, tf } from "curio";
import { Graph } from "../../lib/runtime/engine/graph.ts";
import { NativeTensor } from "../../lib/runtime/engine/native_tensor.ts";
import { Session } from "../../lib/runtime/engine/session.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { randomBatch } from "../runtime/engine/agreement.ts";

const steps = Number(Deno.args[0] ?? 10_000);
const compilations = Number(Deno.args[1] ?? 100);
/** Share of the repetitions after which caches and the allocator's arenas are full. */
const settled = 0.2;
/** What may come and go by itself, in MB. */
const tolerance = 20;
const normalization = { mean: [0.5], deviation: [0.25] };
const random = new Random("leaks");

function network(): tf.LayersModel {
  return cnn({
    shape: { height: 12, width: 12, channels: 1 },
    classes: 10,
    filters: [8, 16],
    denseUnits: [32],
    batchNorm: true,
    denseDropout: 0.3,
    random,
  });
}

/** Everything that somebody must give back, counted. */
function held() {
  return [Graph.alive, Session.alive, NativeTensor.alive, tf.memory().numTensors];
}

/** Repeats `work`, says the memory ten times, and complains if it still grows when it should have settled. */
async function watched(what: string, times: number, work: (time: number) => Promise<void>): Promise<void> {
  const megabytes: number[] = [];
  for (let time = 1; time <= times; time++) {
    await work(time);
    if (time % Math.ceil(times / 10) > 0) continue;
    megabytes.push(Deno.memoryUsage().rss / 2 ** 20);
    console.log(`${what}: ${time} done, ${megabytes.at(-1)!.toFixed(0)} MB`);
  }
  const growth = megabytes.at(-1)! - megabytes[Math.ceil(settled * megabytes.length) - 1];
  assert.ok(growth < tolerance, `${what}: ${growth.toFixed(0)} MB more after ${times} than after ${settled * times}`);
}

const before = held();
const model = network();
const engine = graphEngine(model, { normalization, optimizer: optimizerOf("adam"), clipNorm: 1 });
const batches = [32, 32, 32, 7].map((size) => randomBatch(model, size, random));
await watched("steps", steps, async (step) => {
  await engine.step({ ...batches[step % batches.length], noiseKey: step });
});
await engine.dispose();
model.dispose();
assert.deepEqual(held(), before);

await watched("compilations", compilations, async () => {
  const fresh = network();
  const [batch] = batches;
  const training = graphEngine(fresh, { normalization, optimizer: optimizerOf("momentum") });
  await training.step(batch);
  await training.forward(batch.images);
  await training.dispose();
  const forward = graphEngine(fresh, { normalization });
  await forward.forward(batch.images, { output: { layer: "features" } });
  await forward.dispose();
  fresh.dispose();
});
assert.deepEqual(held(), before);
console.log("Nothing is left behind.");
