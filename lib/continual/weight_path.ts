import type { NamedTensors } from "../runtime/engine/engine_state.ts";
import { tf } from "../runtime/tensorflow.ts";

/**
 * ω_i = −Σ over steps of g_i·(change of θ_i): how much the path of each weight lowered the loss whose gradient is g (Zenke
 * et al., 2017, eq. 3).
 */
export interface WeightPath {
  /** Updates the weights and adds what that gained by these gradients. */
  follow(gradients: readonly tf.Tensor[], update: () => void): void;
  /** Adds what steps gained that were taken elsewhere, `gain/n` of the n-th weight. */
  add(gains: NamedTensors): void;
  /** ω_i / (Δ_i² + damping) of each weight, Δ being how far it went since the path began. The caller disposes of it. */
  importance(damping: number): tf.Tensor[];
  /** A new path, from where the weights now stand. */
  begin(): void;
  dispose(): void;
}

/** Begins at the weights as they are. */
export function weightPath(weights: readonly tf.Variable[]): WeightPath {
  const paths = tf.tidy(() =>
    weights.map((weight) => ({
      weight,
      gain: tf.variable(tf.zerosLike(weight), false),
      start: tf.variable(weight.clone(), false),
    }))
  );
  return {
    follow(gradients, update) {
      tf.tidy(() => {
        const before = paths.map(({ weight }) => weight.clone());
        update();
        paths.forEach(({ weight, gain }, place) =>
          gain.assign(gain.sub(gradients[place].mul(weight.sub(before[place]))))
        );
      });
    },

    add(gains) {
      paths.forEach(({ gain }, place) =>
        tf.tidy(() => gain.assign(gain.add(tf.tensor(gains.get(`gain/${place}`)!.data, gain.shape))))
      );
    },

    importance: (damping) =>
      tf.tidy(() => paths.map(({ weight, gain, start }) => gain.div(weight.sub(start).square().add(damping)))),

    begin() {
      paths.forEach(({ weight, gain, start }) =>
        tf.tidy(() => {
          gain.assign(tf.zerosLike(weight));
          start.assign(weight.clone());
        })
      );
    },

    dispose: () => tf.dispose(paths.flatMap(({ gain, start }) => [gain, start])),
  };
}
