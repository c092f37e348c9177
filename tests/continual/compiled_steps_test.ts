import assert from "node:assert/strict";
import { naive, Random, tf } from "curio";
import { compiledSteps } from "../../lib/continual/compiled_steps.ts";
import { type ContinualNetwork, continualNetwork, disposeBatch } from "../../lib/continual/continual_network.ts";
import { quadraticPenalty } from "../../lib/continual/quadratic_penalty.ts";
import { weightPath } from "../../lib/continual/weight_path.ts";
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

interface Kind {
  readonly penalised?: boolean;
  readonly path?: boolean;
  readonly taught?: boolean;
}

const kinds = {
  "alone": {},
  "with a quadratic penalty": { penalised: true },
  "with a note of what they gain": { path: true },
  "with a teacher": { taught: true },
  "with all of these": { penalised: true, path: true, taught: true },
} satisfies Record<string, Kind>;

for (const [what, { penalised, path: noted, taught }] of Object.entries<Kind>(kinds)) {
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
        // What the teacher knows is not what the network starts from.
        const teacher = taught ? network.snapshot() : undefined;
        const heads = [[[0, 1], [0, 1, 2, 3], 0.5], [[2, 3], [2, 3], 2]] as [number[], number[], number][];
        const teaching = teacher && {
          teacher,
          temperature: 2,
          labels: 0.3,
          heads: heads.map(([taught, competing, weight]) => ({ taught, competing, weight })),
        };
        if (taught) network.reset(new Random(6));
        const penalty = penalised ? quadraticPenalty(network.weights, 3) : undefined;
        // Anchored at the initial weights; from the second step on it pulls.
        tf.tidy(() => penalty?.add(network.weights.map((weight) => tf.onesLike(weight))));
        const path = noted ? weightPath(network.weights) : undefined;
        const exemplars = wholeExperiences(network.stream, [0, 1]).slice(30, 50);
        const plain = compiled ? await network.plainSteps({ penalty, path, teaching }) : undefined;
        const batch = await network.read(exemplars, 1);
        for (let step = 0; step < steps; step++) {
          if (plain) await plain.step(await network.host(exemplars, 1), numbers);
          else {
            tf.tidy(() => {
              const options = { noiseKey: numbers.noiseKey, teaching };
              const { gradients } = network.gradients(() => network.crossEntropy([batch], options));
              const update = () => network.apply(penalty?.addTo(gradients) ?? gradients, numbers.learningRate);
              if (path) path.follow(gradients, update);
              else update();
            });
          }
        }
        assert.equal(plain !== undefined, compiled);
        await plain?.end();
        const state = await network.readState();
        assert.equal(state.step, steps);
        const importance = path?.importance(0.001) ?? [];
        assert.ok(importance.every((one) => tf.tidy(() => one.abs().max().dataSync()[0] > 0)));
        ends.push([
          ...[...state.weights.values(), ...state.optimizer.values()].flatMap(({ data }) => [...data]),
          ...importance.flatMap((one) => [...one.dataSync()]),
        ]);
        tf.dispose(importance);
        disposeBatch(batch);
        teacher?.dispose();
        penalty?.dispose();
        path?.dispose();
        network.dispose();
      }
      assert.equal(ends[0].length, ends[1].length);
      ends[0].forEach((value, place) =>
        assert.ok(Math.abs(value - ends[1][place]) < 1e-4 * Math.max(1, Math.abs(value)), `${value}, ${ends[1][place]}`)
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
  assert.equal(
    compiledSteps(network, {
      optimizer: optimizerOf("adam"),
      springs: false,
      path: false,
      teacher: false,
    }),
    undefined,
  );
  assert.equal(Graph.alive, before);
  network.dispose();
});
