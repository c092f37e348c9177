import assert from "node:assert/strict";
import { cifarResnet, type EpochRecord, fineTune, NetworkClassifier, Random, tf } from "curio";
import { syntheticDataset } from "../training/synthetic_dataset.ts";

const shape = { height: 32, width: 32, channels: 3 };

Deno.test("fineTune() trains the head, then stage by stage, then all of it, and numbers the epochs through", async () => {
  const before = tf.memory().numTensors;
  const random = new Random(1);
  const train = syntheticDataset({ count: 12, side: 32, channels: 3 });
  const network = cifarResnet({ depth: 20, shape, classes: 3, random: random.child("weights") });
  const classifier = new NetworkClassifier({ network, classNames: train.classNames, featureLayer: "avgpool" });
  const conv1 = network.getLayer("conv1").getWeights()[0].dataSync().slice();
  const mean = network.getLayer("layer3.0.bn1").getWeights()[2].dataSync().slice();
  const trained: number[] = [];
  const records: EpochRecord[] = [];
  const history = await fineTune(classifier, train, {
    random,
    epochs: 2,
    freezeUpTo: "layer1",
    gradual: true,
    batchSize: 6,
    onEpoch: (record) => {
      records.push(record);
      trained.push(network.trainableWeights.length);
    },
  });
  // The head; then layer3, 6 kernels; then layer2 too.
  assert.deepEqual(trained, [2, 8, 14, 14]);
  assert.deepEqual(records.map(({ epoch }) => epoch), [1, 2, 3, 4]);
  assert.deepEqual(history.epochs, records);
  assert.deepEqual([history.bestEpoch, history.steps, history.stopped], [4, 8, "completed"]);
  assert.deepEqual(network.getLayer("conv1").getWeights()[0].dataSync(), conv1);
  assert.deepEqual(network.getLayer("layer3.0.bn1").getWeights()[2].dataSync(), mean);
  await classifier.dispose();
  assert.equal(tf.memory().numTensors, before);
});
