import assert from "node:assert/strict";
import { architectures, cnn, engineSupport, freeze, graphEngine, Random, stageOf, stageRates, tf } from "curio";
import { eagerEngine } from "../../lib/training/eager_engine.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";

const shape = { height: 32, width: 32, channels: 3 };
const normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };

function resnet20(): tf.LayersModel {
  return architectures.get("cifar_resnet20")!.build({ shape, classes: 3, random: new Random(1) });
}

async function batchOf(count: number) {
  const { images, labels } = syntheticDataset({ count, side: 32, channels: 3 });
  const targets = new Float32Array(count * 3);
  labels.forEach((label, row) => targets[row * 3 + label] = 1);
  const bytes = await images.read(labels.map((_, index) => index));
  return { images: bytes, targets, weights: new Float32Array(count).fill(1), learningRate: 0.1, noiseKey: 1 };
}

Deno.test("every weight of every architecture belongs to a stage, and the head to the last", () => {
  const before = tf.memory().numTensors;
  for (const architecture of architectures.values()) {
    if (/101|152|vgg1[39]|44|56|110/.test(architecture.name)) continue;
    const network = architecture.build({ shape, classes: 3 });
    const stageless = network.layers.filter(({ name, weights }) => weights.length > 0 && !stageOf(architecture, name));
    assert.deepEqual(stageless.map(({ name }) => name), [], architecture.name);
    const { stages, headLayer, featureLayer } = architecture;
    assert.equal(stageOf(architecture, headLayer), stages.at(-1));
    assert.equal(network.outputs[0].sourceLayer.name, headLayer);
    assert.ok(network.getLayer(featureLayer), architecture.name);
    assert.equal(network.name, architecture.name);
    network.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});

for (const kind of ["compiled", "eager"] as const) {
  Deno.test({
    name: `freeze() keeps weights and statistics of the trunk through a ${kind} step, and gives it no optimizer state`,
    ignore: kind === "compiled" && !engineSupport().available,
    async fn() {
      const before = tf.memory().numTensors;
      const network = resnet20();
      freeze(network, { upTo: "layer2" });
      const optimizer = optimizerOf("adam");
      const engine = kind === "compiled"
        ? graphEngine(network, { normalization, optimizer })
        : eagerEngine({ network, featureLayer: "avgpool", classNames: [], normalization }, { optimizer });
      const start = (await engine.readState()).weights;
      await engine.step(await batchOf(6));
      const { weights, optimizer: slots } = await engine.readState();
      for (const [name, { data }] of weights) {
        const isFrozen = !/^(layer3|linear)/.test(name);
        const isSame = data.every((value, place) => value === start.get(name)!.data[place]);
        assert.equal(isSame, isFrozen, name);
      }
      assert.ok(slots.size > 0 && [...slots.keys()].every((name) => /^(layer3|linear)/.test(name)));
      await engine.dispose();
      network.dispose();
      assert.equal(tf.memory().numTensors, before);
    },
  });
}

Deno.test("freeze() puts batch norms to rest where the rest learns, and thaws what it froze", () => {
  const network = resnet20();
  const trained = () => network.trainableWeights.map(({ originalName }) => originalName);
  const all = trained();
  freeze(network, { batchNorms: true });
  assert.deepEqual(trained(), all.filter((name) => !/gamma|beta/.test(name)));
  freeze(network, { upTo: "layer3" });
  assert.deepEqual(trained(), ["linear/kernel", "linear/bias"]);
  freeze(network);
  assert.deepEqual(trained(), all);
  network.dispose();
});

Deno.test("freeze() takes each layer of another network for a stage, and names the stages where there is none", () => {
  const network = cnn({ shape: { height: 8, width: 8, channels: 1 }, classes: 2, random: new Random(1) });
  freeze(network, { upTo: "conv2" });
  assert.deepEqual(network.layers.filter(({ trainable }) => !trainable).map(({ name }) => name), [
    "images",
    "conv1",
    "conv2",
  ]);
  assert.throws(() => freeze(network, { upTo: "layer3" }), /must be one of conv1, conv2, features: .*"layer3"/);
  assert.throws(() => freeze(network, { upTo: "logits" }), RangeError);
  network.dispose();
});

Deno.test("stageRates() divides the rate stage by stage towards the images, and takes one's own", () => {
  const network = resnet20();
  const rates = stageRates(network, { decay: 2, scales: { layer2: 0.3 } });
  assert.deepEqual(
    ["linear", "layer3.0.conv1", "layer2.1.bn2", "layer1.0.conv1", "conv1"].map((name) => rates[name]),
    [1, 1 / 2, 0.3, 1 / 8, 1 / 16],
  );
  assert.throws(() => stageRates(network, { decay: 0.5 }), /decay must be at least 1: current value is 0.5/);
  assert.throws(() => stageRates(network, { scales: { layer9: 1 } }), /"layer9"/);
  network.dispose();
});
