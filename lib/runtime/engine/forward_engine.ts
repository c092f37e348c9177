import type { Matrix } from "../matrix.ts";
import { backend } from "../tensorflow.ts";
import { type EngineParts, type GraphEngine, type GraphForwardOptions, placeOf } from "./engine_types.ts";
import { FeedBuffer } from "./feed_buffer.ts";
import { ForwardPasses } from "./forward_passes.ts";
import { Graph } from "./graph.ts";
import { lowerNetwork } from "./lower_network.ts";
import { NativeTensor } from "./native_tensor.ts";
import type { NetworkPlan } from "./network_plan.ts";
import { Session } from "./session.ts";
import { SettledWeights } from "./settled_weights.ts";
import { turns } from "./turns.ts";

/**
 * An engine that only runs forwards. The weights stay in the network; what the graph keeps is what follows from them,
 * batch norm folded and in the precision asked for.
 *
 * As constants of the graph they would be laid out for oneDNN once, which makes single images faster by half; but
 * TensorFlow copies a graph, constants and all, in each of its passes: 620 MB for ResNet-18's 45 MB, and 3 s.
 */
export function forwardEngine({ network, plan, template, options }: EngineParts): GraphEngine {
  const { normalization, featureLayer, precision } = options;
  const sizes = network.inputs[0].shape.slice(1) as number[];
  checkLowering(plan, sizes);
  const graph = new Graph();
  const session = new Session(graph);
  const settled = new SettledWeights(graph);
  const passes = new ForwardPasses({
    graph,
    session,
    plan,
    statistics: normalization,
    precision,
    images: graph.placeholder("uint8", [-1, ...sizes], "images"),
    noiseKey: graph.placeholder("int32", [], "noiseKey"),
    weightOf: (variable) => settled.weightOf(variable),
    settle: (name, value) => settled.settle(name, value, precision),
  });
  const images = new FeedBuffer("uint8", sizes);
  const noiseKey = new NativeTensor({ type: "int32", shape: [] });
  const queue = turns("Cannot compute: the engine has been disposed of. Make a new one.");
  let step = 0;

  async function forward(
    bytes: Uint8Array,
    { output = "logits", noiseKey: key }: GraphForwardOptions,
  ): Promise<Matrix> {
    template.refuseStrangers();
    if (key !== undefined) noiseKey.int32[0] = key;
    const pass = {
      place: placeOf(plan, { output, featureLayer }),
      images: images.filled(bytes),
      noiseKey: key === undefined ? undefined : noiseKey,
    };
    passes.prepare(pass.place, pass.noiseKey !== undefined);
    await settled.update(session);
    return await passes.run(pass);
  }

  const refuse = () => Promise.reject(new Error("Cannot train: this engine was made without an optimizer. Give one."));
  return {
    kind: "graph",
    threads: backend.threads,
    step: refuse,
    gradients: refuse,
    forward: (bytes, options = {}) => queue.next(() => forward(bytes, options)),
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
        settled.forget();
      }),
    dispose: () =>
      queue.end(() => {
        session.close();
        graph.delete();
        images.delete();
        noiseKey.delete();
      }),
  };
}

/**
 * Lowers the whole network once in a graph that is thrown away, so that what cannot be compiled is known before the
 * first batch, and weights that nobody asks for are never kept.
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
