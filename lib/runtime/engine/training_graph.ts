import type { tf } from "../tensorflow.ts";
import { CannotCompileError } from "./cannot_compile_error.ts";
import { Graph, type Operation, type Output } from "./graph.ts";
import { normalised, type PixelStatistics } from "./images.ts";
import { type LossName, regularizationLosses, rowLosses } from "./losses.ts";
import { lowerNetwork } from "./lower_network.ts";
import type { Precision } from "./lowering.ts";
import { layerOf, type LayerVariable, type NetworkPlan } from "./network_plan.ts";
import { addUpdate, type GraphOptimizer, type Rates } from "./optimizer_updates.ts";
import { SettledWeights } from "./settled_weights.ts";
import { type GraphVariable, Variables } from "./variables.ts";

/** What a training graph is made for. */
export interface TrainingGraphOptions {
  readonly statistics: PixelStatistics;
  readonly optimizer: GraphOptimizer;
  readonly loss: LossName;
  /** What layers compute in; weights, statistics, loss and updates are float32. */
  readonly precision: Precision;
  /** Gradients are scaled so that their joint norm is at most this. */
  readonly clipNorm?: number;
  /** By layer, what the learning rate is multiplied by for its weights; 1 where a layer is left out. */
  readonly learningRateScales?: Readonly<Record<string, number>>;
}

/** A network's whole training step, its weights inside. */
export interface TrainingGraph {
  readonly graph: Graph;
  /** `[batch, height, width, channels]` bytes. */
  readonly images: Output;
  /** `[batch, classes]` */
  readonly targets: Output;
  /** `[batch]` */
  readonly weights: Output;
  /** An int32 scalar. */
  readonly noiseKey: Output;
  readonly rates: Rates;
  /** Mean weighted loss, regularisers included; a scalar. */
  readonly loss: Output;
  /** Rows whose largest logit is where the target is largest; a float32 scalar. */
  readonly correct: Output;
  /** By weight name, before clipping and decay. */
  readonly gradients: ReadonlyMap<string, Output>;
  /** Everything that changes when a step is made. */
  readonly updates: readonly Operation[];
  readonly network: Variables;
  readonly optimizer: Variables;
  /** What follows from frozen weights; to be brought up to date when the network is given other weights. */
  readonly settled: SettledWeights;
  /** The value of a weight, for other parts of this graph. */
  weightOf(variable: LayerVariable): Output;
}

/**
 * Makes forward pass, loss, gradients, clipping, updates and moving statistics one graph.
 *
 * @throws {CannotCompileError} naming the layer that stands in the way
 */
export function trainingGraph(
  network: tf.LayersModel,
  plan: NetworkPlan,
  options: TrainingGraphOptions,
): TrainingGraph {
  const graph = new Graph();
  try {
    return build(graph, { network, plan, ...options });
  } catch (error) {
    graph.delete();
    if (error instanceof CannotCompileError || !(error instanceof Error)) throw error;
    throw new CannotCompileError(error.message);
  }
}

type BuildOptions = TrainingGraphOptions & { readonly network: tf.LayersModel; readonly plan: NetworkPlan };

function build(graph: Graph, options: BuildOptions) {
  const { network, plan, statistics, optimizer, precision, loss: lossName, clipNorm } = options;
  const { learningRateScales = {} } = options;
  const images = graph.placeholder("uint8", [-1, ...network.inputs[0].shape.slice(1) as number[]], "images");
  const classes = Number(network.outputs[0].shape.at(-1));
  const targets = graph.placeholder("float32", [-1, classes], "targets");
  const weights = graph.placeholder("float32", [-1], "weights");
  const noiseKey = graph.placeholder("int32", [], "noiseKey");
  const rates = {
    rate: graph.placeholder("float32", [], "rate"),
    epsilon: graph.placeholder("float32", [], "epsilon"),
    decay: graph.placeholder("float32", [], "decay"),
  };

  const networkVariables = new Variables(graph);
  const byName = new Map<string, GraphVariable>(
    network.weights.map((weight) => [
      weight.originalName,
      networkVariables.add(weight.originalName, weight.shape as number[]),
    ]),
  );
  const variableOf = ({ originalName }: LayerVariable) => byName.get(originalName) as GraphVariable;
  const weightOf = (weight: LayerVariable) => variableOf(weight).value;
  const settled = new SettledWeights(graph);
  const asTheyAre = new Set([...byName.values()].map(({ value }) => value));
  const statisticsUpdates: Operation[] = [];
  const lower = lowerNetwork(plan, {
    graph,
    images: normalised(graph, images, { statistics, precision }),
    weightOf,
    precision,
    noiseKey,
    settle: (name, value) => asTheyAre.has(value) ? value : settled.settle(name, value, precision),
    subtractFrom: (weight, difference) =>
      statisticsUpdates.push(graph.operation("AssignSubVariableOp", {
        inputs: [variableOf(weight).handle, difference],
        attributes: { dtype: { type: "float32" } },
      })),
  });
  const computed = lower(plan.output);
  const logits = precision === "float32"
    ? computed
    : graph.add("Cast", { inputs: [computed], attributes: { DstT: { type: "float32" } } });

  const add = (kind: string, ...inputs: Output[]) => graph.add(kind, { inputs });
  const { loss, correct } = graph.inScope("loss", () => {
    const losses = add("Mul", rowLosses(graph, lossName, { logits, targets }), weights);
    const mean = add("Mean", losses, graph.integers([0]));
    const penalties = regularizationLosses(graph, network, weightOf);
    const right = add("Equal", add("ArgMax", logits, graph.integers(1)), add("ArgMax", targets, graph.integers(1)));
    const counted = graph.add("Cast", { inputs: [right], attributes: { DstT: { type: "float32" } } });
    return {
      loss: penalties.reduce((sum, penalty) => add("AddV2", sum, penalty), mean),
      correct: add("Sum", counted, graph.integers([0])),
    };
  });

  const trained = network.trainableWeights.map(variableOf);
  const found = graph.gradients(loss, trained.map(({ value }) => value));
  const gradients = trained.map((variable, place) => {
    const gradient = found[place];
    if (gradient) return gradient;
    throw new CannotCompileError("the loss does not depend on this weight", { layer: variable.name });
  });

  const optimizerVariables = new Variables(graph);
  const updates = graph.inScope("update", () => {
    const scaled = clipNorm === undefined ? gradients : clipped(graph, gradients, clipNorm);
    // An update that starts early would have to copy the weight for those who still read it.
    const ready = graph.operation("NoOp", { after: scaled.map(({ operation }) => operation), name: "gradients" });
    const ratesOf = scaledRates(graph, { rates, optimizer });
    return trained.map((variable, place) =>
      addUpdate(optimizer, {
        graph,
        variable,
        gradient: scaled[place],
        state: optimizerVariables,
        rates: ratesOf(learningRateScales[layerOf(variable.name)] ?? 1),
        after: [ready],
      })
    );
  });

  return {
    graph,
    images,
    targets,
    weights,
    noiseKey,
    rates,
    loss,
    correct,
    gradients: new Map(trained.map(({ name }, place) => [name, gradients[place]])),
    updates: [...updates, ...statisticsUpdates],
    network: networkVariables,
    optimizer: optimizerVariables,
    settled,
    weightOf,
  };
}

/** The rates, multiplied by a number: once for all weights that have the same. */
function scaledRates(
  graph: Graph,
  { rates, optimizer }: { readonly rates: Rates; readonly optimizer: GraphOptimizer },
): (scale: number) => Rates {
  const known = new Map([[1, rates]]);
  return (scale) => {
    const times = (value: Output) => graph.add("Mul", { inputs: [value, graph.constant(scale)] });
    const scaled = known.get(scale) ??
      { ...rates, rate: times(rates.rate), decay: optimizer.name === "adamw" ? times(rates.decay) : rates.decay };
    known.set(scale, scaled);
    return scaled;
  };
}

/** Scaled so that their joint norm is at most `limit` (Pascanu et al., 2013, algorithm 1). */
function clipped(graph: Graph, gradients: readonly Output[], limit: number): Output[] {
  const add = (kind: string, ...inputs: Output[]) => graph.add(kind, { inputs });
  const halfSquares = gradients.map((gradient) => add("L2Loss", gradient));
  const sum = graph.add("AddN", { inputs: [halfSquares] });
  const norm = add("Sqrt", add("Mul", sum, graph.constant(2)));
  const scale = add("RealDiv", graph.constant(limit), add("Maximum", norm, graph.constant(limit)));
  return gradients.map((gradient) => add("Mul", gradient, scale));
}
