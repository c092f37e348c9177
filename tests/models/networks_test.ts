import assert from "node:assert/strict";
import { architectureOf, engineSupport, graphEngine, normalizationFor, tf } from "curio";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { classes, count, images, published, setFormulaWeights, summaryOf } from "./reference/formula.ts";

/** What torchvision's and Keras' own networks give; `reference/networks.py` wrote it. */
interface Reference {
  readonly name: string;
  readonly size: number;
  /** Whether batch norms used their moving statistics in training. */
  readonly normsAtRest: boolean;
  readonly logits: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, readonly [norm: number, product: number]>>;
}

const file = Deno.env.get("CURIO_NETWORKS") ?? new URL("reference/networks.jsonl", import.meta.url);
const references = (await Deno.readTextFile(file)).trim().split("\n").map((line): Reference => JSON.parse(line));

for (const { name, size, normsAtRest, logits, gradients } of references) {
  Deno.test({
    name: `${name} with its publisher's weights gives its publisher's logits and gradients`,
    ignore: !engineSupport().available,
    async fn() {
      const before = tf.memory().numTensors;
      const architecture = architectureOf(name);
      const shape = { height: size, width: size, channels: 3 };
      const network = architecture.build({
        shape,
        classes,
        dropout: 0,
        ...name.includes("vgg") && { hiddenUnits: 16 },
      });
      setFormulaWeights(network, architecture);
      const normalization = normalizationFor(architecture.preprocessing, 3);

      const forward = graphEngine(network, { normalization });
      const found = await forward.forward(images(size));
      await forward.dispose();
      const expected = logits.flat();
      const off = Math.sqrt(expected.reduce((sum, value, place) => sum + (found.data[place] - value) ** 2, 0));
      const limit = 1e-4 * Math.sqrt(expected.reduce((sum, value) => sum + value ** 2, 0));
      assert.ok(off <= limit, `logits: ‖difference‖ = ${off}, limit ${limit}`);

      for (const layer of network.layers) {
        if (normsAtRest && layer.getClassName() === "BatchNormalization") layer.trainable = false;
      }
      const training = graphEngine(network, { normalization, optimizer: optimizerOf("sgd") });
      const targets = new Float32Array(count * classes);
      for (let row = 0; row < count; row++) targets[row * classes + row] = 1;
      const batch = { images: images(size), targets, weights: new Float32Array(count).fill(1), learningRate: 0 };
      const differentiated = await training.gradients({ ...batch, noiseKey: 0 });
      await training.dispose();
      const whole = Math.hypot(...Object.values(gradients).map(([norm]) => norm));
      for (const weight of network.trainableWeights) {
        const name = published(architecture, weight);
        const [norm, product] = summaryOf(differentiated.get(weight.originalName)!.data, name);
        const [wantedNorm, wantedProduct] = gradients[name.name];
        const error = Math.max(Math.abs(norm - wantedNorm), Math.abs(product - wantedProduct));
        // `networks.py` says at which sizes gradients are so well determined.
        const limit = 1e-3 * wantedNorm + 1e-6 * whole;
        assert.ok(error <= limit, `gradient of ${name.name}: ${error} of ${wantedNorm}`);
      }
      assert.deepEqual(
        network.trainableWeights.map((weight) => published(architecture, weight).name).sort(),
        Object.keys(gradients).sort(),
      );
      network.dispose();
      assert.equal(tf.memory().numTensors, before);
    },
  });
}
