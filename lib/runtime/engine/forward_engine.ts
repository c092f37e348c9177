import type { Matrix } from "../matrix.ts";
import { backend } from "../tensorflow.ts";
import { type EngineParts, type GraphEngine, type GraphForwardOptions, placeOf } from "./engine_types.ts";
import { FeedBuffer } from "./feed_buffer.ts";
import { ForwardPasses } from "./forward_passes.ts";
import { Graph, type Output } from "./graph.ts";
import { lowerNetwork } from "./lower_network.ts";
import { NativeTensor } from "./native_tensor.ts";
import type { LayerVariable, NetworkPlan } from "./network_plan.ts";
import { Session } from "./session.ts";
import { turns } from "./turns.ts";

/**
 * An engine that only runs forwards. The weights stay in the network and become constants of the graph, which TensorFlow
 * folds and lays out once; other weights mean another graph.
 */
export function forwardEngine({ network, plan, template, options }: EngineParts): GraphEngine {
  const { normalization, featureLayer, precision } = options;
  const sizes = network.inputs[0].shape.slice(1) as number[];
  checkLowering(plan, sizes);
  const images = new FeedBuffer("uint8", sizes);
  const noiseKey = new NativeTensor({ type: "int32", shape: [] });
  const queue = turns("Cannot compute: the engine has been disposed of. Make a new one.");
  let step = 0;
  let current = open();

  function open() {
    const graph = new Graph();
    const session = new Session(graph);
    const constants = new Map<LayerVariable, Output>();
    const passes = new ForwardPasses({
      graph,
      session,
      plan,
      statistics: normalization,
      precision,
      images: graph.placeholder("uint8", [-1, ...sizes], "images"),
      noiseKey: graph.placeholder("int32", [], "noiseKey"),
      weightOf(variable) {
        const known = constants.get(variable);
        if (known) return known;
        const value = variable.read();
        const constant = graph.constant(value.dataSync<"float32">(), value.shape, variable.originalName);
        constants.set(variable, constant);
        return constant;
      },
    });
    const close = () => {
      session.close();
      graph.delete();
    };
    return { passes, close };
  }

  async function forward(bytes: Uint8Array, { output = "logits", noiseKey: key }: GraphForwardOptions = {}) {
    template.refuseStrangers();
    if (key !== undefined) noiseKey.int32[0] = key;
    return await current.passes.run({
      place: placeOf(plan, { output, featureLayer }),
      images: images.filled(bytes),
      noiseKey: key === undefined ? undefined : noiseKey,
    });
  }

  const refuse = () => Promise.reject(new Error("Cannot train: this engine was made without an optimizer. Give one."));
  return {
    kind: "graph",
    threads: backend.threads,
    step: refuse,
    gradients: refuse,
    forward: (bytes, options): Promise<Matrix> => queue.next(() => forward(bytes, options)),
    readState: () =>
      queue.next(() => {
        template.refuseStrangers();
        return { weights: template.read(), optimizer: new Map(), step };
      }),
    writeState: (state) =>
      queue.next(() => {
        template.refuseStrangers();
        template.check(state.weights);
        template.write(state.weights);
        step = state.step;
        current.close();
        current = open();
      }),
    dispose: () =>
      queue.end(() => {
        current.close();
        images.delete();
        noiseKey.delete();
      }),
  };
}

/**
 * Lowers the whole network once in a graph that is thrown away, so that what cannot be compiled is known before the
 * first batch, and constants that nobody reads are never made.
 */
function checkLowering(plan: NetworkPlan, sizes: readonly number[]): void {
  const graph = new Graph();
  try {
    const lower = lowerNetwork(plan, {
      graph,
      images: graph.placeholder("float32", [-1, ...sizes]),
      weightOf: ({ shape }) => graph.placeholder("float32", shape as number[]),
    });
    lower(plan.output);
  } finally {
    graph.delete();
  }
}
