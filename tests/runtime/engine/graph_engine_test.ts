import assert from "node:assert/strict";
import { backend, CannotCompileError, cnn, engineSupport, graphEngine, Random, tf } from "curio";
import type { EngineState } from "../../../lib/runtime/engine/engine_state.ts";
import { Graph } from "../../../lib/runtime/engine/graph.ts";
import { NativeTensor } from "../../../lib/runtime/engine/native_tensor.ts";
import { Session } from "../../../lib/runtime/engine/session.ts";
import { type Optimizer, optimizerOf, update } from "../../../lib/training/optimizers.ts";
import { assertClose, assertEnginesAgree, randomBatch } from "./agreement.ts";

const ignore = !engineSupport().available;
const { layers } = tf;
const normalization = { mean: [0.5], deviation: [0.25] };
const shape = { height: 9, width: 8, channels: 1 };

function test(name: string, fn: () => Promise<void> | void): void {
  Deno.test({ name, ignore, fn });
}

/** Every kind of weight, and noise. */
function network(seed = 1): tf.LayersModel {
  return cnn({
    shape,
    classes: 3,
    filters: [4, 6],
    denseUnits: [8],
    batchNorm: true,
    denseDropout: 0.3,
    random: new Random(seed),
  });
}

function batches(model: tf.LayersModel, sizes: number[]): ReturnType<typeof randomBatch>[] {
  const random = new Random(9);
  return sizes.map((size) => randomBatch(model, size, random));
}

function sameBits(a: EngineState, b: EngineState): void {
  assert.equal(a.step, b.step);
  for (const part of ["weights", "optimizer"] as const) {
    assert.deepEqual([...a[part].keys()], [...b[part].keys()]);
    for (const [name, { data }] of a[part]) assert.deepEqual(data, b[part].get(name)?.data, name);
  }
}

for (const name of ["sgd", "momentum", "nesterov"] as const) {
  for (const [what, options] of Object.entries({ plain: {}, decay: { weightDecay: 0.01, decayBiases: true } })) {
    test(`compiled and eager agree on several steps of ${name}, ${what}; batches of 5, 1 and 3`, () =>
      assertEnginesAgree(network(), {
        optimizer: { name, ...options },
        batches: [5, 1, 3, 5],
        featureLayer: "features",
      }));
  }
}

test("compiled and eager agree on clipped gradients, whether the limit bites or not", async () => {
  await assertEnginesAgree(network(), { clipNorm: 0.1 });
  await assertEnginesAgree(network(), { clipNorm: 1000 });
});

for (const name of ["adam", "adamw"] as const) {
  test(`given the same gradients, ${name} in the graph makes the updates of the reference`, async () => {
    const model = network();
    const optimizer: Optimizer = optimizerOf({ name, weightDecay: 0.02, epsilon: 1e-6 });
    const engine = graphEngine(model, { normalization, optimizer });
    for (const batch of batches(model, [4, 4, 4])) {
      const before = await engine.readState();
      const gradients = await engine.gradients(batch);
      await engine.step(batch);
      const after = await engine.readState();
      for (const [weight, { data, shape }] of gradients) {
        const tensor = (values: Float32Array) => tf.tensor(values, [...shape]);
        const slot = (state: EngineState, kind: string) => state.optimizer.get(`${weight}/${kind}`)!.data;
        const old = { weight: tensor(before.weights.get(weight)!.data), gradient: tensor(data) };
        const slots = ["firstMoment", "secondMoment"].map((kind) => tensor(slot(before, kind)));
        const expected = update(optimizer, {
          ...old,
          slots,
          learningRate: batch.learningRate,
          step: after.step,
        });
        const moved = (state: EngineState) =>
          state.weights.get(weight)!.data.map((value, place) => value - before.weights.get(weight)!.data[place]);
        const expectedMove = expected.weight.sub(old.weight);
        // The move itself, not the weight, or the weight's size would hide it: hence float32's rounding of the weight.
        const rounding = 1e-6 * Math.sqrt(data.length);
        const error = Math.hypot(...moved(after).map((value, place) => value - expectedMove.dataSync()[place]));
        assert.ok(error <= 1e-4 * Math.hypot(...moved(after)) + rounding, `${weight}: ${error}`);
        assertClose(after.weights.get(weight)!.data, expected.weight.dataSync(), weight);
        assertClose(slot(after, "firstMoment"), expected.slots[0].dataSync(), `${weight} m`);
        assertClose(slot(after, "secondMoment"), expected.slots[1].dataSync(), `${weight} v`);
        tf.dispose([old, slots, expected, expectedMove]);
      }
    }
    await engine.dispose();
    model.dispose();
  });
}

test("the same seed gives the same bits, and a restored state goes on bit for bit", async () => {
  const model = network();
  const optimizer = optimizerOf({ name: "adamw" });
  const start = model.getWeights().map((weight) => weight.clone());
  const steps = batches(model, [6, 6, 6, 2]);
  const run = async (halt: number, state?: EngineState) => {
    const engine = graphEngine(model, { normalization, optimizer });
    if (state) await engine.writeState(state);
    const losses = [];
    for (const batch of steps.slice(state?.step ?? 0, halt)) losses.push((await engine.step(batch)).loss);
    const found = await engine.readState();
    await engine.dispose();
    model.setWeights(start);
    return { losses, state: found };
  };
  const whole = await run(4);
  const again = await run(4);
  assert.deepEqual(again.losses, whole.losses);
  sameBits(again.state, whole.state);
  const half = await run(2);
  const resumed = await run(4, half.state);
  assert.deepEqual([...half.losses, ...resumed.losses], whole.losses);
  sameBits(resumed.state, whole.state);
  tf.dispose(start);
  model.dispose();
});

test("weights set behind the engine's back are refused, by name", async () => {
  const model = network();
  for (const optimizer of [optimizerOf("sgd"), undefined]) {
    const engine = graphEngine(model, { normalization, optimizer });
    const images = new Uint8Array(72);
    await engine.forward(images);
    tf.tidy(() => model.getLayer("logits").setWeights(model.getLayer("logits").getWeights().map((old) => old.mul(2))));
    await assert.rejects(
      engine.forward(images),
      /"logits\/kernel" was set behind its back\. Use the engine's writeState/,
    );
    await engine.dispose().catch(() => {});
  }
  model.dispose();
});

test("a forward engine that is given other weights computes with them, and with none that do not fit", async () => {
  const model = network();
  const engine = graphEngine(model, { normalization });
  const images = randomBatch(model, 4, new Random(3)).images;
  const state = await engine.readState();
  const before = (await engine.forward(images)).data;
  const doubled = new Map([...state.weights].map(([name, { shape, data }]) => [
    name,
    { shape, data: name.startsWith("logits") ? data.map((value) => 2 * value) : data },
  ]));
  await engine.writeState({ ...state, weights: doubled });
  assertClose((await engine.forward(images)).data, before.map((value) => 2 * value), "doubled logits");
  const fewer = new Map([...doubled].slice(1));
  await assert.rejects(
    engine.writeState({ ...state, weights: fewer }),
    /must have the shape \[3,3,1,4\]: .* is missing/,
  );
  const strange = new Map([...doubled, ["extra", { shape: [1], data: new Float32Array(1) }]]);
  await assert.rejects(engine.writeState({ ...state, weights: strange }), /the network has no "extra"/);
  await assert.rejects(engine.step(randomBatch(model, 1, new Random(1))), /made without an optimizer/);
  await engine.dispose();
  model.dispose();
});

test("losses and gradients stay right for logits of ±10,000", async () => {
  const model = tf.sequential({
    layers: [layers.flatten({ inputShape: [1, 2, 1] }), layers.dense({ units: 2, name: "logits", useBias: false })],
  });
  model.setWeights([tf.tensor2d([[1e4, 0], [0, 1e4]])]);
  // Pixels 255 and 0 become 1 and −1: logits 10,000 and −10,000.
  const batch = { images: Uint8Array.of(255, 0), weights: Float32Array.of(1), learningRate: 1, noiseKey: 0 };
  const still = { mean: [0.5], deviation: [0.5] };
  const found = async (loss: "softmax" | "sigmoid", targets: number[]) => {
    const engine = graphEngine(model, { normalization: still, optimizer: optimizerOf("sgd"), loss });
    const given = { ...batch, targets: Float32Array.from(targets) };
    const [gradient] = (await engine.gradients(given)).values();
    const { loss: value } = await engine.step({ ...given, learningRate: 0 });
    await engine.dispose();
    return { value, gradient: [...gradient.data] };
  };
  // softmax = (1, 0): −log 1 = 0 where the target is first, 20,000 where it is second; gradient (softmax − t)·x.
  assert.deepEqual(await found("softmax", [1, 0]), { value: 0, gradient: [0, 0, 0, 0] });
  assert.deepEqual(await found("softmax", [0, 1]), { value: 20_000, gradient: [1, -1, -1, 1] });
  // sigmoid = (1, 0), each class on its own: mean of (0, 0) and of (10,000, 10,000).
  assert.deepEqual(await found("sigmoid", [1, 0]), { value: 0, gradient: [0, 0, 0, 0] });
  assert.deepEqual(await found("sigmoid", [0, 1]), { value: 10_000, gradient: [0.5, -0.5, -0.5, 0.5] });
  model.dispose();
});

test("frozen layers keep weights and statistics to the bit and have no optimizer state", async () => {
  const model = network();
  for (const layer of model.layers) layer.trainable = layer.name === "logits";
  const engine = graphEngine(model, { normalization, optimizer: optimizerOf("adam") });
  const before = await engine.readState();
  assert.deepEqual([...before.optimizer.keys()].map((name) => name.split("/")[0]), new Array(4).fill("logits"));
  const [batch] = batches(model, [8]);
  const first = await engine.step(batch);
  for (let repeat = 0; repeat < 20; repeat++) await engine.step(batch);
  assert.ok((await engine.step(batch)).loss < first.loss);
  const after = await engine.readState();
  for (const [name, { data }] of before.weights) {
    if (name.startsWith("logits")) assert.notDeepEqual(after.weights.get(name)!.data, data);
    else assert.deepEqual(after.weights.get(name)!.data, data, name);
  }
  await engine.dispose();
  model.dispose();
});

test("frozen layers follow the weights that are written: a step is one of an engine that began with them", async () => {
  const [model, other] = [network(1), network(2)];
  for (const { layers } of [model, other]) layers.forEach((layer) => layer.trainable = layer.name === "logits");
  const [batch] = batches(model, [8]);
  const engines = [model, other].map((one) => graphEngine(one, { normalization, optimizer: optimizerOf("momentum") }));
  const { weights } = await engines[1].readState();
  const losses = await Promise.all(engines.map(async (engine) => (await engine.step(batch)).loss));
  assert.notEqual(losses[0], losses[1]);
  await engines[0].writeState({ ...await engines[0].readState(), weights });
  assert.equal((await engines[0].step(batch)).loss, losses[1]);
  await Promise.all(engines.map((engine) => engine.dispose()));
  for (const one of [model, other]) one.dispose();
});

test("a step does not block the event loop", async () => {
  const model = cnn({ shape: { height: 64, width: 64, channels: 3 }, classes: 3, random: new Random(1) });
  const engine = graphEngine(model, {
    normalization: { mean: [0, 0, 0], deviation: [1, 1, 1] },
    optimizer: optimizerOf(),
  });
  const [batch] = batches(model, [64]);
  await engine.step(batch);
  let ticked = false;
  setTimeout(() => ticked = true, 0);
  await engine.step(batch);
  assert.ok(ticked);
  await engine.dispose();
  model.dispose();
});

test("any layer can be read by name; an unknown one is refused with the names there are", async () => {
  const model = network();
  const engine = graphEngine(model, { normalization });
  const { images } = randomBatch(model, 2, new Random(4));
  const pooled = await engine.forward(images, { output: { layer: "pool1" } });
  assert.deepEqual([pooled.rows, pooled.columns], [2, 5 * 4 * 4]);
  const expected = tf.tidy(() => {
    const pixels = Float32Array.from(images, (byte) => (byte / 255 - 0.5) / 0.25);
    const part = tf.model({ inputs: model.inputs, outputs: model.getLayer("pool1").output });
    return (part.predict(tf.tensor(pixels, [2, 9, 8, 1])) as tf.Tensor).dataSync();
  });
  assertClose(pooled.data, expected, "pool1");
  await assert.rejects(engine.forward(images, { output: { layer: "pool9" } }), /"pool9"\. There are .*pool1, .*logits/);
  await assert.rejects(
    engine.forward(images.subarray(1)),
    /must be items of \[9, 8, 1\], at least one: .* 143 numbers/,
  );
  await engine.dispose();
  await assert.rejects(engine.forward(images), /has been disposed of/);
  model.dispose();
});

test("bfloat16 embeddings point where those of float32 do: cosine similarity of at least 0.999", async () => {
  const model = network();
  const { images } = randomBatch(model, 16, new Random(4));
  const [exact, rough] = await Promise.all((["float32", "bfloat16"] as const).map(async (precision) => {
    const engine = graphEngine(model, { normalization, precision, featureLayer: "features" });
    const { data } = await engine.forward(images, { output: "features" });
    await engine.dispose();
    return data;
  }));
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, place) => sum + value * b[place], 0);
  assert.notDeepEqual(rough, exact);
  assert.ok(dot(exact, rough) / Math.sqrt(dot(exact, exact) * dot(rough, rough)) >= 0.999);
  model.dispose();
});

test("mixed precision learns what float32 learns, repeats to the bit, and keeps weights and slots in float32", async () => {
  const model = network();
  const start = model.getWeights().map((weight) => weight.clone());
  const [batch] = batches(model, [24]);
  const run = async (precision: "float32" | "bfloat16") => {
    model.setWeights(start);
    const engine = graphEngine(model, { normalization, precision, optimizer: optimizerOf("adam") });
    const gradients = await engine.gradients(batch);
    const losses = [];
    for (let step = 0; step < 60; step++) losses.push((await engine.step({ ...batch, noiseKey: step })).loss);
    const state = await engine.readState();
    await engine.dispose();
    return { gradients, losses, state };
  };
  const [exact, rough, again] = [await run("float32"), await run("bfloat16"), await run("bfloat16")];
  assert.deepEqual(again.losses, rough.losses);
  sameBits(again.state, rough.state);
  const last = ({ losses }: typeof exact) => losses.slice(-10).reduce((sum, loss) => sum + loss) / 10;
  assert.ok(Math.abs(rough.losses[0] - exact.losses[0]) < 0.01 * exact.losses[0], `${rough.losses[0]} at first`);
  assert.ok(
    last(exact) < 0.7 * exact.losses[0] && last(rough) < 0.7 * exact.losses[0],
    `${last(exact)}, ${last(rough)}`,
  );
  assert.ok(Math.abs(last(rough) - last(exact)) < 0.1 * exact.losses[0], `${last(exact)}, ${last(rough)}`);
  const joint = ({ gradients }: typeof exact) => [...gradients.values()].flatMap(({ data }) => [...data]);
  const [a, b] = [joint(exact), joint(rough)];
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, place) => sum + value * y[place], 0);
  assert.ok(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) > 0.995);
  // A number that went through bfloat16 has 16 zeros at its end.
  for (const part of ["weights", "optimizer"] as const) {
    const inBfloat16 = (data: Float32Array) => new Uint32Array(data.slice().buffer).every((word) => word % 65536 === 0);
    for (const [name, { data }] of rough.state[part]) assert.ok(!inBfloat16(data), name);
  }
  tf.dispose(start);
  model.dispose();
});

test("weight decay is told with each batch, so that a schedule of it needs no compiling", async () => {
  const model = network();
  const start = model.getWeights().map((weight) => weight.clone());
  const [batch] = batches(model, [6]);
  const after = async (weightDecay: number, given?: number) => {
    model.setWeights(start);
    const engine = graphEngine(model, { normalization, optimizer: optimizerOf({ name: "momentum", weightDecay }) });
    await engine.step({ ...batch, weightDecay: given });
    const state = await engine.readState();
    await engine.dispose();
    return state;
  };
  sameBits(await after(0.3, 0), await after(0));
  sameBits(await after(0.3, 0.1), await after(0.1));
  await assert.rejects(after(0, 0.1), /optimizer was made without: current value is 0\.1\. Give it a weightDecay/);
  tf.dispose(start);
  model.dispose();
});

class Halve extends tf.layers.Layer {
  static className = "Halve";
  override call(x: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return (Array.isArray(x) ? x[0] : x).mul(0.5);
  }
  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}

test("what cannot be compiled is refused with the layer's name and the reason, and leaves nothing behind", () => {
  const refused: [tf.layers.Layer, RegExp][] = [
    [new Halve({ name: "mine" }), /layer "mine": the compiler does not know layers of the kind Halve/],
    [
      layers.conv2d({ name: "c", filters: 2, kernelSize: 2, dataFormat: "channelsFirst" }),
      /"c": dataFormat: its dataF/,
    ],
    [layers.conv2d({ name: "c", filters: 2, kernelSize: 2, kernelConstraint: "maxNorm" }), /"c": its kernelConstraint/],
    [
      layers.conv2dTranspose({ name: "t", filters: 2, kernelSize: 1, activation: "relu" }),
      /"t": the compiler does not/,
    ],
    [layers.softmax({ name: "s", axis: 1 }), /layer "s": its axis must be the last: current value is 1/],
    [layers.dropout({ name: "d", rate: 0.5, noiseShape: [1, 1, 1, 1] }), /layer "d": noiseShape/],
    [layers.batchNormalization({ name: "b", axis: 1 }), /layer "b": its axis must be the last: current value is 1/],
  ];
  const alive = [Graph.alive, Session.alive, NativeTensor.alive];
  for (const [layer, message] of refused) {
    const model = tf.sequential({
      layers: [
        layers.inputLayer({ inputShape: [4, 4, 2] }),
        layer,
        layers.maxPooling2d({ poolSize: 1 }),
        layers.flatten(),
        layers.dense({ units: 2 }),
      ],
    });
    for (const optimizer of [optimizerOf("sgd"), undefined]) {
      assert.throws(() => graphEngine(model, { normalization, optimizer }), (error) => {
        assert.ok(error instanceof CannotCompileError);
        assert.match(error.message, message);
        assert.equal(error.layer, layer.name);
        return true;
      });
    }
    model.dispose();
  }
  assert.deepEqual([Graph.alive, Session.alive, NativeTensor.alive], alive);
});

test("noise layers of tfjs repeat by key, differ by key, and are off in forward passes without one", async () => {
  const model = tf.sequential({
    layers: [
      layers.inputLayer({ inputShape: [4, 4, 1] }),
      layers.gaussianNoise({ stddev: 0.3 }),
      layers.dropout({ rate: 0.4 }),
      layers.gaussianDropout({ rate: 0.2 }),
      layers.reshape({ targetShape: [16, 1] }),
      layers.spatialDropout1d({ rate: 0.5 }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });
  const engine = graphEngine(model, { normalization });
  const images = new Uint8Array(64).fill(200);
  const pass = async (noiseKey?: number) => (await engine.forward(images, { noiseKey })).data;
  assert.deepEqual(await pass(1), await pass(1));
  assert.notDeepEqual(await pass(1), await pass(2));
  const still = await pass();
  assert.deepEqual(still.slice(0, 2), still.slice(2, 4));
  await engine.dispose();
  model.dispose();
});

test("the number of threads is recorded", async () => {
  const model = network();
  const engine = graphEngine(model, { normalization });
  assert.equal(engine.threads, backend.threads);
  await engine.dispose();
  model.dispose();
});

test("nothing is left behind: not by compiling, training, running forwards, importing, exporting or failing", async () => {
  const alive = () => [Graph.alive, Session.alive, NativeTensor.alive, tf.memory().numTensors];
  const before = alive();
  const cycle = async () => {
    const model = network();
    const engine = graphEngine(model, { normalization, optimizer: optimizerOf("adam"), clipNorm: 1 });
    for (const batch of batches(model, [8, 8, 3])) await engine.step(batch);
    await engine.writeState(await engine.readState());
    const { images } = randomBatch(model, 2, new Random(1));
    await engine.forward(images, { noiseKey: 3 });
    await assert.rejects(engine.forward(images.subarray(1)));
    await Promise.all([engine.dispose(), engine.dispose()]);
    const forward = graphEngine(model, { normalization });
    await forward.forward(images);
    await forward.dispose();
    model.dispose();
  };
  for (let repeat = 0; repeat < 5; repeat++) await cycle();
  assert.deepEqual(alive(), before);
  const settled = Deno.memoryUsage().rss;
  for (let repeat = 0; repeat < 15; repeat++) await cycle();
  const grown = (Deno.memoryUsage().rss - settled) / 2 ** 20;
  assert.ok(grown < 40, `15 rounds: ${grown} MiB more`);
});

test("thousands of steps take no more memory than hundreds", async () => {
  const model = network();
  const engine = graphEngine(model, { normalization, optimizer: optimizerOf("momentum") });
  const [batch] = batches(model, [32]);
  for (let step = 0; step < 300; step++) await engine.step(batch);
  const settled = Deno.memoryUsage().rss;
  for (let step = 0; step < 1000; step++) await engine.step(batch);
  const grown = (Deno.memoryUsage().rss - settled) / 2 ** 20;
  assert.ok(grown < 30, `1,000 steps: ${grown} MiB more`);
  await engine.dispose();
  model.dispose();
});
