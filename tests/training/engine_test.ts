import assert from "node:assert/strict";
import { type CnnOptions, engineSupport, Random, tf } from "curio";
import type { EngineState } from "../../lib/runtime/engine/engine_state.ts";
import type { GraphBatch } from "../../lib/runtime/engine/engine_types.ts";
import { createEngine } from "../../lib/training/create_engine.ts";
import { eagerEngine } from "../../lib/training/eager_engine.ts";
import type { Engine } from "../../lib/training/engine.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { targetRows } from "../../lib/training/target_rows.ts";
import { tinyTrainable } from "./tiny_trainable.ts";

const normalization = { mean: [0.4], deviation: [0.3] };

function batchOf(step: number, count = 10): GraphBatch {
  const random = new Random(step);
  return {
    images: Uint8Array.from({ length: count * 64 }, () => random.integer(256)),
    targets: targetRows(Array.from({ length: count }, () => random.integer(3)), { classes: 3, labelSmoothing: 0.1 }),
    weights: Float32Array.from({ length: count }, () => random.uniform(0.5, 2)),
    learningRate: 0.05,
    noiseKey: random.uint32(),
  };
}

/** Three steps on fresh weights, and what an engine then says. */
async function threeSteps(
  make: (trainable: ReturnType<typeof tinyTrainable>) => Engine,
  options: Partial<CnnOptions>,
): Promise<{ losses: number[]; state: EngineState; logits: Float32Array; features: Float32Array }> {
  const trainable = { ...tinyTrainable(options), normalization };
  const engine = make(trainable);
  try {
    const losses = [];
    for (let step = 0; step < 3; step++) losses.push((await engine.step(batchOf(step))).loss);
    const { images } = batchOf(9);
    return {
      losses,
      state: await engine.readState(),
      logits: (await engine.forward(images)).data,
      features: (await engine.forward(images, { output: "features", noiseKey: 5 })).data,
    };
  } finally {
    await engine.dispose();
    trainable.network.dispose();
  }
}

function assertClose(actual: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(actual.length, expected.length);
  const norm = (values: Float32Array) => Math.hypot(...values);
  const difference = norm(actual.map((value, place) => value - expected[place]));
  assert.ok(difference <= 2e-5 * norm(expected) + 1e-6, `${what}: ${difference} against ${norm(expected)}`);
}

for (const name of ["sgd", "momentum", "nesterov"] as const) {
  Deno.test({
    name: `the compiled and the eager engine agree after three steps of ${name}, with dropout and batch norm`,
    ignore: !engineSupport().available,
    async fn() {
      const options = { optimizer: optimizerOf({ name, weightDecay: 0.01 }), clipNorm: 1 };
      const noisy = { batchNorm: true, convDropout: 0.2, denseDropout: 0.3 };
      const eager = await threeSteps((trainable) => eagerEngine(trainable, options), noisy);
      const graph = await threeSteps((trainable) => createEngine(trainable, options), noisy);
      eager.losses.forEach((loss, step) => assert.ok(Math.abs(graph.losses[step] - loss) < 1e-5 * loss));
      for (const part of ["weights", "optimizer"] as const) {
        assert.deepEqual([...graph.state[part].keys()], [...eager.state[part].keys()]);
        for (const [key, { data }] of eager.state[part]) {
          assertClose(graph.state[part].get(key)?.data ?? new Float32Array(0), data, key);
        }
      }
      assertClose(graph.logits, eager.logits, "logits");
      assertClose(graph.features, eager.features, "features under dropout");
    },
  });
}

for (const name of ["sgd", "adamw"] as const) {
  Deno.test({
    name: `both engines multiply the rate of ${name} by each layer's scale, its weight decay too`,
    ignore: !engineSupport().available,
    async fn() {
      const optimizer = optimizerOf({ name, weightDecay: 0.1 });
      const before = tf.memory().numTensors;
      const moved = async (make: (trainable: ReturnType<typeof tinyTrainable>) => Engine) => {
        const trainable = { ...tinyTrainable(), normalization };
        const engine = make(trainable);
        const start = (await engine.readState()).weights;
        await engine.step(batchOf(0));
        const { weights } = await engine.readState();
        await engine.dispose();
        trainable.network.dispose();
        return (key: string) => weights.get(key)!.data.map((value, place) => value - start.get(key)!.data[place]);
      };
      const options = { optimizer, learningRateScales: { conv1: 0.1, features: 0.5 } };
      const plain = await moved((trainable) => createEngine(trainable, { optimizer }));
      const compiled = await moved((trainable) => createEngine(trainable, options));
      const eager = await moved((trainable) => eagerEngine(trainable, options));
      for (const [layer, scale] of [["conv1", 0.1], ["features", 0.5], ["logits", 1]] as const) {
        const wanted = plain(`${layer}/kernel`).map((change) => scale * change);
        assertClose(compiled(`${layer}/kernel`), wanted, `compiled ${layer}`);
        assertClose(eager(`${layer}/kernel`), wanted, `eager ${layer}`);
      }
      assert.equal(tf.memory().numTensors, before);
    },
  });
}

Deno.test("eagerEngine() gives its state and takes it back, bit for bit, and leaves nothing behind", async () => {
  const before = tf.memory().numTensors;
  const trainable = { ...tinyTrainable({ batchNorm: true, denseDropout: 0.5 }), normalization };
  const held = tf.memory().numTensors;
  const engine = eagerEngine(trainable, { optimizer: optimizerOf("adam") });
  await engine.step(batchOf(0));
  const state = await engine.readState();
  const first = await engine.step(batchOf(1));
  const ahead = await engine.readState();
  await engine.writeState(state);
  assert.deepEqual(await engine.readState(), state);
  assert.deepEqual(await engine.step(batchOf(1)), first);
  assert.deepEqual(await engine.readState(), ahead);
  await engine.dispose();
  assert.equal(tf.memory().numTensors, held);
  trainable.network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("eagerEngine() refuses weights of another network and keeps its own", async () => {
  const trainable = { ...tinyTrainable(), normalization };
  const other = { ...tinyTrainable({ filters: [5] }), normalization };
  const [engine, stranger] = [eagerEngine(trainable), eagerEngine(other)];
  const state = await engine.readState();
  await assert.rejects(
    engine.writeState(await stranger.readState()),
    /"conv1\/kernel" must have the shape \[3,3,1,4\]/,
  );
  await assert.rejects(engine.writeState({ ...state, weights: new Map() }), /current value is missing/);
  assert.deepEqual(await engine.readState(), state);
  trainable.network.dispose();
  other.network.dispose();
});
