import assert from "node:assert/strict";
import { naive, Random, tf } from "curio";
import { compiledSteps } from "../../lib/continual/compiled_steps.ts";
import { type ContinualNetwork, continualNetwork, disposeBatch } from "../../lib/continual/continual_network.ts";
import { quadraticPenalty } from "../../lib/continual/quadratic_penalty.ts";
import { wholeExperiences } from "../../lib/continual/whole_experiences.ts";
import { engineSupport } from "../../lib/runtime/engine/c_api.ts";
import { Graph } from "../../lib/runtime/engine/graph.ts";
import { NativeTensor } from "../../lib/runtime/engine/native_tensor.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { smallOptions } from "./small_stream.ts";

const ignore = !engineSupport().available;
const steps = 4;
const numbers = { learningRate: 0.01, noiseKey: 1 };

function smallNetwork(): ContinualNetwork {
  const { stream, build } = smallOptions({ strategy: naive() });
  return continualNetwork({ stream, build, random: new Random(5), optimizer: optimizerOf("adam") });
}

for (const penalised of [false, true]) {
  const what = penalised ? "with a quadratic penalty" : "without a penalty";
  Deno.test({
    name: `compiled steps ${what} are those taken operation by operation, and nothing stays${
      ignore ? " (no compiler)" : ""
    }`,
    ignore,
    async fn() {
      const before = [tf.memory().numTensors, Graph.alive, NativeTensor.alive];
      const ends: number[][] = [];
      for (const compiled of [true, false]) {
        const network = smallNetwork();
        const penalty = quadraticPenalty(network.weights, 3);
        // Anchored at the initial weights; from the second step on it pulls.
        if (penalised) tf.tidy(() => penalty.add(network.weights.map((weight) => tf.onesLike(weight))));
        const exemplars = wholeExperiences(network.stream, [0, 1]).slice(30, 50);
        const plain = compiled ? await network.plainSteps(penalised ? await penalty.save() : undefined) : undefined;
        const batch = await network.read(exemplars, 1);
        for (let step = 0; step < steps; step++) {
          if (plain) await plain.step(await network.host(exemplars, 1), numbers);
          else {
            tf.tidy(() => {
              const { gradients } = network.gradients(() => network.crossEntropy([batch], numbers.noiseKey));
              network.apply(penalty.addTo(gradients), numbers.learningRate);
            });
          }
        }
        assert.equal(plain !== undefined, compiled);
        await plain?.end();
        const state = await network.readState();
        assert.equal(state.step, steps);
        ends.push([...state.weights.values(), ...state.optimizer.values()].flatMap(({ data }) => [...data]));
        disposeBatch(batch);
        penalty.dispose();
        network.dispose();
      }
      assert.equal(ends[0].length, ends[1].length);
      ends[0].forEach((value, place) =>
        assert.ok(Math.abs(value - ends[1][place]) < 1e-4, `${value}, ${ends[1][place]}`)
      );
      assert.deepEqual([tf.memory().numTensors, Graph.alive, NativeTensor.alive], before);
    },
  });
}

Deno.test("a network that the compiler does not know is left to be trained operation by operation", () => {
  const before = Graph.alive;
  const network = tf.sequential({ layers: [tf.layers.embedding({ inputDim: 4, outputDim: 2, inputShape: [3] })] });
  network.add(tf.layers.flatten());
  network.add(tf.layers.dense({ units: 2 }));
  assert.equal(compiledSteps(network, { optimizer: optimizerOf("adam"), springs: false }), undefined);
  assert.equal(Graph.alive, before);
  network.dispose();
});
