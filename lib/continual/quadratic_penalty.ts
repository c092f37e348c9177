import type { NamedTensors } from "../runtime/engine/engine_state.ts";
import { tf } from "../runtime/tensorflow.ts";
import { hostTensors } from "../training/network_weights.ts";

/**
 * P(θ) = λ·½·Σ_k Σ_i F_ki·(θ_i − θ*_ki)²: springs that hold weights where they were, each as stiff as its weight was
 * important.
 *
 * A sum of parabolas is a parabola, so it is kept as one: stiffness A = λ·Σ_k F_k, its middle m = λ·Σ_k F_k·θ*_k / A, and a
 * constant. It costs the same after any number of experiences, and nothing cancels.
 */
export interface QuadraticPenalty {
  /** Adds a term that is anchored where the weights now stand. */
  add(importance: readonly tf.Tensor[]): void;
  /** A ← `decay`·A + λ·`importance`, and all of it is anchored where the weights now stand. */
  replace(importance: readonly tf.Tensor[], decay: number): void;
  /** The loss's gradients with those of P at the weights as they are, A·(θ − m); the same tensors while P is 0. */
  addTo(gradients: tf.Tensor[]): tf.Tensor[];
  /** P at the weights as they are. */
  value(): number;
  save(): Promise<NamedTensors>;
  restore(tensors: NamedTensors): void;
  dispose(): void;
}

/** No penalty yet, on these weights; `strength` is λ. */
export function quadraticPenalty(weights: readonly tf.Variable[], strength: number): QuadraticPenalty {
  const springs = weights.map((weight) =>
    tf.tidy(() => ({
      weight,
      stiffness: tf.variable(tf.zerosLike(weight), false),
      middle: tf.variable(weight.clone(), false),
    }))
  );
  /** A float32, so that it comes back from a file as it was. */
  let constant = 0;
  let anchored = false;

  return {
    add(importance) {
      anchored = true;
      constant = Math.fround(
        constant + sumOf(springs.map(({ weight, stiffness, middle }, place) =>
          tf.tidy(() => {
            const added = importance[place].mul(strength);
            const total = stiffness.add(added);
            const off = weight.sub(middle);
            // divNoNan: where neither the old nor the new term cares, the middle is of no account.
            const spread = stiffness.mul(tf.divNoNan(added, total)).mul(off.square()).sum().mul(0.5);
            middle.assign(middle.add(tf.divNoNan(added, total).mul(off)));
            stiffness.assign(total);
            return spread.asScalar();
          })
        )),
      );
    },

    replace(importance, decay) {
      anchored = true;
      constant = 0;
      springs.forEach(({ weight, stiffness, middle }, place) =>
        tf.tidy(() => {
          stiffness.assign(stiffness.mul(decay).add(importance[place].mul(strength)));
          middle.assign(weight.clone());
        })
      );
    },

    addTo: (gradients) =>
      anchored
        ? springs.map(({ weight, stiffness, middle }, place) =>
          tf.tidy(() => gradients[place].add(stiffness.mul(weight.sub(middle))))
        )
        : gradients,

    value: () =>
      constant +
      sumOf(springs.map(({ weight, stiffness, middle }) =>
        tf.tidy(() => stiffness.mul(weight.sub(middle).square()).sum().mul(0.5).asScalar())
      )),

    async save() {
      const tensors = await hostTensors(springs.flatMap(({ stiffness, middle }, place): [string, tf.Tensor][] => [
        [`stiffness/${place}`, stiffness],
        [`middle/${place}`, middle],
      ]));
      return new Map([...tensors, ["constant", { shape: [1], data: Float32Array.of(constant) }]]);
    },

    restore(tensors) {
      springs.forEach(({ stiffness, middle }, place) => {
        for (const [name, variable] of Object.entries({ stiffness, middle })) {
          tf.tidy(() => variable.assign(tf.tensor(tensors.get(`${name}/${place}`)!.data, variable.shape)));
        }
      });
      constant = tensors.get("constant")!.data[0];
      anchored = true;
    },

    dispose: () => tf.dispose(springs.flatMap(({ stiffness, middle }) => [stiffness, middle])),
  };
}

/** Frees the scalars. */
function sumOf(scalars: readonly tf.Scalar[]): number {
  const sum = scalars.reduce((total, scalar) => total + scalar.dataSync()[0], 0);
  tf.dispose([...scalars]);
  return sum;
}
