import { tf } from "../tensorflow.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";
import type { HostTensor, NamedTensors } from "./engine_state.ts";
import { layersOf, type LayerVariable } from "./network_plan.ts";

/**
 * The weights that tfjs keeps for a network, and whether somebody else has touched them.
 *
 * Assigning to a tfjs variable gives it another `dataId`, so one comparison a weight tells.
 */
export class TemplateWeights {
  readonly #variables: ReadonlyMap<string, LayerVariable>;
  #seen: readonly object[] = [];

  /** @throws {CannotCompileError} if two weights have one name, or one is constrained */
  constructor(network: tf.LayersModel) {
    const variables = new Map(network.weights.map((weight) => [weight.originalName, weight]));
    if (variables.size < network.weights.length) {
      throw new CannotCompileError("two of its weights have one name; every layer must have a name of its own");
    }
    for (const layer of layersOf(network)) {
      // tfjs writes a depthwise layer's regulariser under the constraint's name too.
      const constraint = Object.entries(layer.getConfig()).find(([key, value]) =>
        key.endsWith("Constraint") && value != null && !JSON.stringify(value).includes('"L1L2"')
      );
      if (constraint) throw new CannotCompileError(`its ${constraint[0]} is not supported`, { layer: layer.name });
    }
    this.#variables = variables;
    this.#remember();
  }

  /** All weights, in the memory that tfjs has them in: for reading, at once. */
  lend(): NamedTensors {
    this.#remember();
    return new Map(
      [...this.#variables].map(([name, variable]): [string, HostTensor] => {
        const value = variable.read();
        return [name, { shape: value.shape, data: value.dataSync<"float32">() }];
      }),
    );
  }

  /** A copy of all weights. */
  read(): NamedTensors {
    return new Map([...this.lend()].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  }

  /** Gives the network these weights. */
  write(weights: NamedTensors): void {
    tf.tidy(() => {
      for (const [name, variable] of this.#variables) {
        const { shape, data } = weights.get(name) as HostTensor;
        variable.write(tf.tensor(data, [...shape], "float32"));
      }
    });
    this.#remember();
  }

  /** @throws {RangeError} if a weight is missing, unknown or of another shape */
  check(weights: NamedTensors): void {
    const unknown = [...weights.keys()].find((name) => !this.#variables.has(name));
    if (unknown !== undefined) {
      throw new RangeError(`Cannot set the engine's weights: the network has no "${unknown}". Build the same network.`);
    }
    for (const [name, { shape: wanted }] of this.#variables) {
      const given = weights.get(name);
      if (given?.shape.join() === wanted.join()) continue;
      throw new RangeError(
        `Cannot set the engine's weights: "${name}" must have the shape [${wanted}]: current value is ` +
          `${given ? `[${given.shape}]` : "missing"}. Build the same network.`,
      );
    }
  }

  /** @throws {Error} if the network's weights were set since this object last read or wrote them */
  refuseStrangers(): void {
    const names = [...this.#variables.keys()];
    const changed = this.#ids().findIndex((id, place) => id !== this.#seen[place]);
    if (changed < 0) return;
    throw new Error(
      `Cannot compute: the network's weights belong to its engine: "${names[changed]}" was set behind its back. ` +
        "Use the engine's writeState, or dispose of the engine first.",
    );
  }

  #remember(): void {
    this.#seen = this.#ids();
  }

  #ids(): object[] {
    return [...this.#variables.values()].map((variable) => (variable.read() as tf.Tensor).dataId);
  }
}
