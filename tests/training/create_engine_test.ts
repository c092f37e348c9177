import assert from "node:assert/strict";
import { engineSupport, fit, type ProgressEvent, Random, tf, type Trainable } from "curio";
import { createEngine } from "../../lib/training/create_engine.ts";
import { syntheticDataset } from "./synthetic_dataset.ts";
import { tinyTrainable } from "./tiny_trainable.ts";

/** A layer of a student's own, which no compiler can know. */
class Doubled extends tf.layers.Layer {
  static className = "Doubled";
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return x.mul(2);
  }
}
tf.serialization.registerClass(Doubled);

function ownLayerTrainable(): Trainable {
  const network = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 1] }),
      new Doubled({ name: "doubled" }),
      tf.layers.dense({ name: "features", units: 4, activation: "relu" }),
      tf.layers.dense({ name: "logits", units: 3 }),
    ],
  });
  return { network, featureLayer: "features", classNames: ["class 0", "class 1", "class 2"] };
}

Deno.test("fit() trains a network with a layer of its own operation by operation, and says so once", async () => {
  const before = tf.memory().numTensors;
  const trainable = ownLayerTrainable();
  const events: ProgressEvent[] = [];
  const { epochs } = await fit(trainable, syntheticDataset({ count: 48 }), {
    epochs: 8,
    batchSize: 16,
    learningRate: 0.02,
    random: new Random(1),
    onProgress: (event) => events.push(event),
  });
  assert.ok(epochs[7].loss < epochs[0].loss);
  const notes = events.filter((event) => event.kind === "note");
  assert.equal(notes.length, 1);
  assert.match(notes[0].text, /operation by operation, which is slower: /);
  if (engineSupport().available) assert.match(notes[0].text, /layer "doubled": .* layers of the kind Doubled$/);
  trainable.network.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("createEngine() says in one line why it does not compile, and that it stays in float32", async () => {
  const trainable = { ...tinyTrainable(), normalization: { mean: [0.5], deviation: [0.25] } };
  const before = Deno.env.get("CURIO_ENGINE");
  Deno.env.set("CURIO_ENGINE", "eager");
  try {
    const notes: string[] = [];
    const engine = createEngine(trainable, { precision: "bfloat16", onNote: (text) => notes.push(text) });
    assert.equal(engine.kind, "eager");
    assert.deepEqual(notes, [
      "The network runs operation by operation, in float32, which is slower: CURIO_ENGINE=eager turns the compiler off",
    ]);
    await engine.dispose();
  } finally {
    if (before === undefined) Deno.env.delete("CURIO_ENGINE");
    else Deno.env.set("CURIO_ENGINE", before);
    trainable.network.dispose();
  }
});

Deno.test("createEngine() refuses a network whose normalization is not known", () => {
  const trainable = ownLayerTrainable();
  assert.throws(() => createEngine(trainable), /normalization is not known yet/);
  trainable.network.dispose();
});
