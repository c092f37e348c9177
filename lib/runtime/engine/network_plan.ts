import { tf } from "../tensorflow.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";

/** A weight of a layer, as tfjs keeps it. */
export type LayerVariable = tf.LayersModel["weights"][number];

/** One application of one layer. */
export interface PlanStep {
  readonly layer: tf.layers.Layer;
  /** The layer's kind: `Conv2D`. */
  readonly kind: string;
  /** Places in the plan of the steps whose outputs it takes, in order. */
  readonly inputs: readonly number[];
  /** How many steps take its output. */
  consumers: number;
}

/** A network as a list of layers in an order in which they can be computed, networks inside it taken apart. */
export interface NetworkPlan {
  readonly steps: readonly PlanStep[];
  /** Place of the input. */
  readonly input: number;
  /** Place of the output. */
  readonly output: number;
  /** Of each layer that draws random numbers, the stream that it draws from, in the order of `network.layers`. */
  readonly streams: ReadonlyMap<tf.layers.Layer, number>;
}

/**
 * Reads a sequential or functional network.
 *
 * @throws {CannotCompileError} if it has several inputs or outputs, or a layer has several outputs
 */
export function planOf(network: tf.LayersModel): NetworkPlan {
  if (network.inputs.length !== 1 || network.outputs.length !== 1) {
    throw new CannotCompileError(
      `there must be one input and one output: current value is ${network.inputs.length} and ${network.outputs.length}`,
    );
  }
  const steps: PlanStep[] = [];
  // The same inner network may be applied twice, each time to something else, so places are known by application.
  const places = new Map<tf.SymbolicTensor, number>();

  function place(tensor: tf.SymbolicTensor, known: Map<tf.SymbolicTensor, number>): number {
    const found = known.get(tensor);
    if (found !== undefined) return found;
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex ?? 0];
    if (node.outputTensors.length !== 1) {
      throw new CannotCompileError("a layer must have one output", { layer: layer.name });
    }
    // An input layer's node is its own input.
    const inputs = layer.getClassName() === "InputLayer" ? [] : node.inputTensors.map((input) => place(input, known));
    let here: number;
    if (layer instanceof tf.LayersModel) {
      const inner = new Map(layer.inputs.map((input, index) => [input, inputs[index]]));
      here = place(layer.outputs[tensor.tensorIndex ?? 0], inner);
    } else {
      inputs.forEach((input) => steps[input].consumers++);
      here = steps.push({ layer, kind: layer.getClassName(), inputs, consumers: 0 }) - 1;
    }
    known.set(tensor, here);
    return here;
  }

  const output = place(network.outputs[0], places);
  const input = steps.findIndex(({ kind }) => kind === "InputLayer");
  return { steps, input, output, streams: streamsOf(network) };
}

/** The layer that a weight called `layer/weight` belongs to. */
export function layerOf(weightName: string): string {
  return weightName.slice(0, weightName.lastIndexOf("/"));
}

/** Layers of every depth, in order. */
export function layersOf(network: tf.LayersModel): tf.layers.Layer[] {
  return network.layers.flatMap((layer) => layer instanceof tf.LayersModel ? layersOf(layer) : [layer]);
}

/**
 * Our own dropout is counted from 0, as the eager engine counts it, so that both draw the same masks; tfjs's noisy
 * layers, which cannot be repeated there, are counted from −1 downwards.
 */
function streamsOf(network: tf.LayersModel): Map<tf.layers.Layer, number> {
  const layers = layersOf(network);
  const seeded = layers.filter((layer) => layer.getClassName() === "SeededDropout");
  const others = layers.filter((layer) => !seeded.includes(layer));
  return new Map([
    ...seeded.map((layer, stream) => [layer, stream] as const),
    ...others.map((layer, stream) => [layer, -1 - stream] as const),
  ]);
}
