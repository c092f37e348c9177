import { z } from "zod";
import type { tf } from "../tensorflow.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";
import type { Graph, Output } from "./graph.ts";
import { layersOf, type LayerVariable } from "./network_plan.ts";

/** What the logits are measured by. */
export type LossName = "softmax" | "sigmoid";

/**
 * The loss of each row, `[batch]`, in nats; stable for logits of any size.
 *
 * `softmax`: −Σⱼ tⱼ·log softmax(z)ⱼ. `sigmoid`: the mean over j of softplus(zⱼ) − tⱼ·zⱼ, which is the binary
 * cross-entropy of each class on its own.
 */
export function rowLosses(graph: Graph, name: LossName, { logits, targets }: LossInputs): Output {
  if (name === "softmax") return graph.add("SoftmaxCrossEntropyWithLogits", { inputs: [logits, targets] });
  const each = graph.add("Sub", {
    inputs: [graph.add("Softplus", { inputs: [logits] }), graph.add("Mul", { inputs: [logits, targets] })],
  });
  return graph.add("Mean", { inputs: [each, graph.integers([1])] });
}

/** Both `[batch, classes]`, float32. */
export interface LossInputs {
  readonly logits: Output;
  readonly targets: Output;
}

const regularizer = z.object({ className: z.literal("L1L2"), config: z.object({ l1: z.number(), l2: z.number() }) });

/** The layers' L1 and L2 penalties, l1·Σ|w| + l2·Σw², one scalar a weight. */
export function regularizationLosses(
  graph: Graph,
  network: tf.LayersModel,
  weightOf: (variable: LayerVariable) => Output,
): Output[] {
  return layersOf(network).flatMap((layer) => {
    const config = layer.getConfig();
    const penalties = layer.weights.flatMap((weight) => {
      // depthwise_kernel → depthwiseRegularizer, kernel → kernelRegularizer
      const role = weight.originalName.split("/").at(-1)?.replace(/_kernel$/, "");
      const given = config[`${role}Regularizer`];
      if (given == null) return [];
      const parsed = regularizer.safeParse(given);
      if (!parsed.success) throw new CannotCompileError("its regulariser must be L1 or L2", { layer: layer.name });
      return [penalty(graph, weightOf(weight), parsed.data.config)];
    });
    if (config.activityRegularizer != null || penalties.length !== layer.losses.length) {
      throw new CannotCompileError("it has a loss of its own", { layer: layer.name });
    }
    return penalties;
  });
}

function penalty(graph: Graph, weight: Output, { l1, l2 }: { l1: number; l2: number }): Output {
  const axes = graph.integers(graph.shapeOf(weight).map((_, axis) => axis));
  const sumOf = (kind: "Abs" | "Square", factor: number) => {
    const sum = graph.add("Sum", { inputs: [graph.add(kind, { inputs: [weight] }), axes] });
    return graph.add("Mul", { inputs: [sum, graph.constant(factor)] });
  };
  const parts = [...l1 === 0 ? [] : [sumOf("Abs", l1)], ...l2 === 0 ? [] : [sumOf("Square", l2)]];
  return parts.reduce((sum, part) => graph.add("AddV2", { inputs: [sum, part] }), graph.constant(0));
}
