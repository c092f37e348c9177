import assert from "node:assert/strict";
import { architectureOf, type Normalization, normalizationFor, tf } from "curio";
import { normaliser } from "../../lib/training/normaliser.ts";
import { setFormulaWeights } from "./reference/formula.ts";

const grey = Uint8Array.from({ length: 32 * 32 }, (_, place) => place * 37 % 256);
const rgb = Uint8Array.from({ length: 3 * grey.length }, (_, place) => grey[Math.floor(place / 3)]);

/** The logits of a network with the reference's weights, built for so many channels. */
function logitsOf(name: string, bytes: Uint8Array, normalization: Normalization): Float32Array {
  const channels = bytes.length / grey.length;
  const architecture = architectureOf(name);
  const network = architecture.build({ shape: { height: 32, width: 32, channels }, classes: 7 });
  setFormulaWeights(network, architecture);
  const logits = tf.tidy(() => {
    const images = tf.tensor4d(normaliser(normalization)(bytes), [1, 32, 32, channels]);
    return (network.predict(images) as tf.Tensor).dataSync<"float32">();
  });
  network.dispose();
  return logits;
}

for (const name of ["resnet18", "keras_resnet50"]) {
  Deno.test(`${name} sees a grey image as it sees the same in red, green and blue, with the same weights`, () => {
    const before = tf.memory().numTensors;
    const { preprocessing } = architectureOf(name);
    const [one, three] = [grey, rgb].map((bytes) =>
      logitsOf(name, bytes, normalizationFor(preprocessing, bytes.length / grey.length))
    );
    const distance = Math.hypot(...one.map((value, place) => value - three[place]));
    assert.ok(distance < 1e-4 * Math.hypot(...three), `${one} ≠ ${three}`);
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("a network refuses images of two channels, and ones that are too small", () => {
  const { build } = architectureOf("resnet18");
  assert.throws(
    () => build({ shape: { height: 32, width: 32, channels: 2 }, classes: 7 }),
    /1 or 3 channels: current value is 2/,
  );
  assert.throws(
    () => build({ shape: { height: 64, width: 31, channels: 3 }, classes: 7 }),
    /at least 32 pixels a side: current value is 64×31/,
  );
});
