import type { HostTensor, NamedTensors } from "../runtime/engine/engine_state.ts";
import { tf } from "../runtime/tensorflow.ts";

type LayerVariable = tf.LayersModel["weights"][number];

/**
 * A network's weights by `layer/weight`, batch-norm statistics and frozen weights included. The names are the layers'
 * own, and so the same in every process.
 *
 * @throws {TypeError} if two weights have one name
 */
export function weightVariables(network: tf.LayersModel): ReadonlyMap<string, LayerVariable> {
  const variables = new Map<string, LayerVariable>();
  for (const weight of network.weights) {
    if (variables.has(weight.originalName)) {
      throw new TypeError(
        `Cannot name the network's weights: every layer must have a name of its own: "${weight.originalName}" occurs twice`,
      );
    }
    variables.set(weight.originalName, weight);
  }
  return variables;
}

/** A copy of a network's weights. */
export async function readWeights(network: tf.LayersModel): Promise<NamedTensors> {
  return await hostTensors([...weightVariables(network)].map(([name, weight]) => [name, weight.read()]));
}

/**
 * Gives a network other weights.
 *
 * @throws {RangeError} if a weight is missing, unknown or of another shape; the network is then as it was
 */
export function writeWeights(network: tf.LayersModel, weights: NamedTensors): void {
  const variables = weightVariables(network);
  const unknown = [...weights.keys()].find((name) => !variables.has(name));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot set the network's weights: it has no weight "${unknown}". Build the same network.`);
  }
  for (const [name, variable] of variables) {
    const shape = weights.get(name)?.shape;
    if (shape?.join() !== variable.shape.join()) {
      throw new RangeError(
        `Cannot set the network's weights: "${name}" must have the shape [${variable.shape}]: current value is ` +
          `${shape ? `[${shape}]` : "missing"}. Build the same network.`,
      );
    }
  }
  for (const [name, { shape, data }] of weights) {
    const value = tf.tensor(data, [...shape]);
    variables.get(name)?.write(value);
    value.dispose();
  }
}

/** Tensors brought to the host; the tensors stay the caller's. */
export async function hostTensors(tensors: readonly [name: string, tensor: tf.Tensor][]): Promise<NamedTensors> {
  const entries = tensors.map(async ([name, tensor]): Promise<[string, HostTensor]> => [
    name,
    { shape: tensor.shape, data: await tensor.data<"float32">() },
  ]);
  return new Map(await Promise.all(entries));
}
