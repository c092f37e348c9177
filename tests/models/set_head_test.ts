import assert from "node:assert/strict";
import { linearProbe, loadClassifier, matrix, NetworkClassifier, setHead, tf } from "curio";
import { withFolder } from "../data/small_datasets.ts";
import { assertClose } from "../query/close_to.ts";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { tinyTrainable } from "../training/tiny_trainable.ts";

const { images, labels, classNames } = syntheticDataset({ count: 60 });
const normalization = { mean: [0.5], deviation: [0.25] };

Deno.test("a network with a probe for its head answers as the probe, and so when it is loaded again", () =>
  withFolder(async (folder) => {
    const before = tf.memory().numTensors;
    const classifier = new NetworkClassifier({ ...tinyTrainable(), normalization });
    const embeddings = await classifier.embeddings(images);
    const probe = await linearProbe(embeddings, labels, { classNames });
    const held = tf.memory().numTensors;
    setHead(classifier.network, probe);
    assert.equal(tf.memory().numTensors, held);
    const { data } = await probe.probabilities(embeddings);
    assertClose((await classifier.probabilities(images)).data, data, 1e-4);
    await classifier.save(folder);
    const loaded = await loadClassifier(folder);
    assertClose((await loaded.probabilities(images)).data, data, 1e-4);
    await classifier.dispose();
    await loaded.dispose();
    assert.equal(tf.memory().numTensors, before);
  }));

Deno.test("setHead() refuses a probe of other features or classes", async () => {
  const { network } = tinyTrainable();
  const narrow = await linearProbe(matrix([[0], [1]]), [0, 1], { classNames });
  assert.throws(() => setHead(network, narrow), /shapes \[1,3\] and \[3\]: current value is \[8,3\] and \[3\]/);
  network.dispose();
});
