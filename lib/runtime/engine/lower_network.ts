import type { z } from "zod";
import type { tf } from "../tensorflow.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";
import type { Attribute, Graph, Output } from "./graph.ts";
import { isAtRest } from "./is_at_rest.ts";
import { activationLayers } from "./layers/activations.ts";
import { convolutionLayers } from "./layers/convolutions.ts";
import { mergeLayers } from "./layers/merges.ts";
import { noiseLayers } from "./layers/noise.ts";
import { affineOf, normalizationLayers } from "./layers/normalizations.ts";
import { poolingLayers } from "./layers/pooling.ts";
import { shapeLayers } from "./layers/shapes.ts";
import type { Lowering, LoweringContext, Precision } from "./lowering.ts";
import type { LayerVariable, NetworkPlan, PlanStep } from "./network_plan.ts";

/** What the compiler knows, by tfjs's class names. To teach it a layer, write its lowering and add it to its family. */
const lowerings: Readonly<Record<string, Lowering>> = {
  ...activationLayers,
  ...convolutionLayers,
  ...mergeLayers,
  ...noiseLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...shapeLayers,
};

/** How a network is brought into a graph. */
export interface LowerOptions {
  readonly graph: Graph;
  /** What the network takes, in its precision. */
  readonly images: Output;
  /** The value of a weight, float32. */
  readonly weightOf: (variable: LayerVariable) => Output;
  readonly precision?: Precision;
  /**
   * Training: batch norm uses the batch's statistics and hands the change of the moving ones to this function. Without
   * it the network is at rest, and batch norms are folded into the layers before them.
   */
  readonly subtractFrom?: (variable: LayerVariable, difference: Output) => void;
  /** An int32 scalar; noise layers are off without it. */
  readonly noiseKey?: Output;
  /**
   * Keeps what follows from weights alone, so that it is not worked out at each run. Asked with the same name, it may
   * give what it has. In training it is asked for layers that stay as they are.
   */
  readonly settle?: (name: string, value: Output) => Output;
}

/**
 * Brings a network into a graph, layer by layer, on demand.
 *
 * @returns gives the output of the layer at a place in the plan; only what it needs is added to the graph
 * @throws {CannotCompileError} from that function, naming the layer, if there is one that the compiler does not know
 */
export function lowerNetwork(plan: NetworkPlan, options: LowerOptions): (place: number) => Output {
  const { graph, images, subtractFrom } = options;
  const still = subtractFrom === undefined ? new Set(plan.steps) : untrainedSteps(plan);
  const lowered = new Map<number, Output>([[plan.input, images]]);

  function lower(place: number): Output {
    const known = lowered.get(place);
    if (known) return known;
    const step = plan.steps[place];
    const output = still.has(step)
      ? isPaddedReluBeforePool(plan, step) ? pooledUnpadded(step) : lowerStep(step)
      : isReluBeforePool(plan, step)
      ? pooledFirst(step)
      : lowerStep(step);
    lowered.set(place, output);
    return output;
  }

  function lowerStep(step: PlanStep, bare = false): Output {
    const context = contextFor(step, { bare });
    const folding = context.training ? undefined : foldableBefore(plan, step);
    const inputs = (folding ?? step).inputs.map(lower);
    return explained(graph, step.layer, () => {
      if (!folding) return loweringOf(step)(context, inputs);
      const fold = { ...affineOf(context), name: step.layer.name };
      return loweringOf(folding)(contextFor(folding, { fold }), inputs);
    });
  }

  /**
   * max(relu(x)) = relu(max(x)), zeros around x or not, gradients too; and behind the pooling there is a quarter of it to
   * do and to keep. At rest the ReLU is free, as part of the layer before.
   */
  function pooledFirst(pool: PlanStep): Output {
    const margin = marginBefore(plan, pool);
    const before = plan.steps[(margin ?? pool).inputs[0]];
    const x = Object.hasOwn(convolutionLayers, before.kind) ? lowerStep(before, true) : lower(before.inputs[0]);
    return explained(graph, pool.layer, () => {
      const context = contextFor(pool);
      const padded = margin ? loweringOf(margin)(contextFor(margin), [x]) : x;
      return context.add("Relu", [loweringOf(pool)(context, [padded])]);
    });
  }

  /**
   * Behind a ReLU, zeros around an image and nothing around it have the same maxima, and nothing takes no memory. Not
   * where a gradient goes: TensorFlow's C++ gradient of MaxPool knows no margins.
   */
  function pooledUnpadded(pool: PlanStep): Output {
    const { layer, inputs } = plan.steps[pool.inputs[0]];
    const x = lower(inputs[0]);
    const margins = layer.getConfig().padding as [number, number][];
    return explained(graph, pool.layer, () => loweringOf(pool)(contextFor(pool, { margins }), [x]));
  }

  function contextFor(step: PlanStep, special: SpecialContext = {}): LoweringContext {
    return contextOf(step, { ...options, ...special, plan, settle: still.has(step) ? options.settle : undefined });
  }

  refuseSharedStatistics(plan, subtractFrom !== undefined);
  return lower;
}

function loweringOf({ kind, layer }: PlanStep): Lowering {
  if (Object.hasOwn(lowerings, kind)) return lowerings[kind];
  throw new CannotCompileError(`the compiler does not know layers of the kind ${kind}`, { layer: layer.name });
}

/** The layer before a batch norm that can take it into its weights, if there is one. */
function foldableBefore(plan: NetworkPlan, { kind, inputs }: PlanStep): PlanStep | undefined {
  if (kind !== "BatchNormalization") return undefined;
  const before = plan.steps[inputs[0]];
  const linear = before.layer.getConfig().activation === "linear";
  const flat = before.kind !== "Dense" || before.layer.outputShape.length === 2;
  const known = Object.hasOwn(convolutionLayers, before.kind);
  return known && linear && flat && before.consumers === 1 ? before : undefined;
}

/** The layer that puts zeros around what this one takes, for nobody else, if there is one. */
function marginBefore({ steps }: NetworkPlan, { inputs }: PlanStep): PlanStep | undefined {
  const before = steps[inputs[0]];
  return before.kind === "ZeroPadding2D" && before.consumers === 1 ? before : undefined;
}

/** Whether this is a max pooling whose input, but for zeros around it, is nobody else's and ends with a plain ReLU. */
function isReluBeforePool(plan: NetworkPlan, step: PlanStep): boolean {
  if (step.kind !== "MaxPooling2D") return false;
  const before = plan.steps[(marginBefore(plan, step) ?? step).inputs[0]];
  const { activation, maxValue } = before.layer.getConfig();
  if (before.consumers !== 1) return false;
  if (before.kind === "ReLU") return maxValue == null;
  const convolution = Object.hasOwn(convolutionLayers, before.kind) && before.kind !== "Dense";
  return activation === "relu" && (convolution || before.kind === "Activation");
}

/** Whether this is a max pooling of what a ReLU gave and zeros surround, of which each window sees something. */
function isPaddedReluBeforePool({ steps }: NetworkPlan, { kind, layer, inputs }: PlanStep): boolean {
  if (kind !== "MaxPooling2D" || steps[inputs[0]].kind !== "ZeroPadding2D") return false;
  const { padding, poolSize } = layer.getConfig();
  const before = steps[inputs[0]];
  const source = steps[before.inputs[0]];
  const positive = source.kind === "ReLU" || source.layer.getConfig().activation === "relu";
  const margins = before.layer.getConfig().padding as [number, number][];
  const window = [poolSize].flat(2) as number[];
  return positive && padding === "valid" && margins.flat().every((margin) => margin < Math.min(...window));
}

function refuseSharedStatistics({ steps }: NetworkPlan, training: boolean): void {
  if (!training) return;
  const seen = new Set<tf.layers.Layer>();
  for (const { layer, kind } of steps) {
    if (kind === "BatchNormalization" && seen.has(layer)) {
      throw new CannotCompileError("a batch norm must be applied once, not shared", { layer: layer.name });
    }
    seen.add(layer);
  }
}

/** The steps with nothing trained in them or before them: no gradient goes there, and their weights stay. */
function untrainedSteps({ steps }: NetworkPlan): Set<PlanStep> {
  const found = new Set<PlanStep>();
  for (const step of steps) {
    if (step.layer.trainableWeights.length === 0 && step.inputs.every((input) => found.has(steps[input]))) {
      found.add(step);
    }
  }
  return found;
}

/** What the steps around a layer ask of its lowering. */
type SpecialContext = Pick<LoweringContext, "fold" | "margins" | "bare">;

function contextOf(
  { layer, kind }: PlanStep,
  options: LowerOptions & SpecialContext & { readonly plan: NetworkPlan },
): LoweringContext {
  const { graph, plan, weightOf, precision = "float32", subtractFrom, noiseKey, settle, fold, margins, bare } = options;
  const variables = new Map(layer.weights.map((weight) => [weight.originalName.split("/").at(-1), weight]));
  const refuse = (reason: string): never => {
    throw new CannotCompileError(reason, { layer: layer.name });
  };
  const variable = (name: string) => variables.get(name) ?? refuse(`it has no weight called "${name}"`);
  const add = (kind: string, inputs: readonly (Output | readonly Output[])[], attributes?: Record<string, Attribute>) =>
    graph.add(kind, { inputs, attributes });
  const cast = (value: Output) => precision === "float32" ? value : add("Cast", [value], { DstT: { type: precision } });
  return {
    graph,
    layer,
    precision,
    fold,
    margins,
    bare,
    training: subtractFrom !== undefined && !(kind === "BatchNormalization" && isAtRest(layer)),
    config<Schema extends z.ZodType>(schema: Schema) {
      const parsed = schema.safeParse(layer.getConfig());
      if (parsed.success) return parsed.data;
      const [{ path, message }] = parsed.error.issues;
      return refuse(`${path.join(".")}: ${message}`);
    },
    refuse,
    weight: (name) => weightOf(variable(name)),
    hasWeight: (name) => variables.has(name),
    subtractFrom: (name, difference) => subtractFrom?.(variable(name), difference),
    noise(distribution, shape) {
      if (!noiseKey) return undefined;
      const stream = plan.streams.get(layer) ?? refuse("it has no random stream");
      const seed = add("Pack", [[noiseKey, graph.integers(stream)]]);
      return add(distribution === "uniform" ? "StatelessRandomUniform" : "StatelessRandomNormal", [shape, seed], {
        dtype: { type: "float32" },
      });
    },
    add,
    settled(name, value) {
      const brought = cast(value);
      return settle ? settle(`${layer.name}/${name}${fold ? ` with ${fold.name}` : ""}`, brought) : brought;
    },
    scalar: (value) => cast(graph.constant(value)),
    cast,
    sizesOf: (output) => graph.shapeOf(output).slice(1),
  };
}

/**
 * Adds a layer's operations under its name. Whatever TensorFlow refuses meanwhile is a reason not to compile, with the
 * layer's name on it.
 */
function explained<T>(graph: Graph, layer: tf.layers.Layer, lower: () => T): T {
  try {
    return graph.inScope(layer.name, lower);
  } catch (error) {
    if (error instanceof CannotCompileError || !(error instanceof Error)) throw error;
    throw new CannotCompileError(error.message, { layer: layer.name });
  }
}
