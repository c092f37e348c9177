import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { sumOfFile } from "../data/sum_of_file.ts";
import { backbones } from "../models/load_backbone.ts";
import { weightCatalogue } from "../models/weights/weight_catalogue.ts";
import type { QueryStrategy } from "../query/query_strategy.ts";
import { strategies } from "../query/strategies.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { Random } from "../runtime/random.ts";
import { backend } from "../runtime/tensorflow.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { activeLearning } from "./active_learning.ts";
import type { FeatureSet } from "./examples.ts";
import { type ExperimentParts, featureParts, loadParts } from "./experiment_data.ts";
import { networkRecipeOf, withCommittee } from "./experiment_model.ts";
import type { DatasetDeclaration, ExperimentCell, ModelDeclaration, StrategyDeclaration } from "./experiment_schema.ts";
import type { LearningTask, LoopSettings } from "./loop_options.ts";
import { noisyOracle } from "./noisy_oracle.ts";
import { probeRecipe } from "./probe_recipe.ts";
import type { Round } from "./round.ts";
import { simulatedOracle } from "./simulated_oracle.ts";

/** Changes with what a cell computes, so that what an earlier version computed is not taken for it. */
const version = 2;

/** Where a cell is kept, and whether it was there already. */
export interface KeptCell {
  readonly file: string;
  readonly cached: boolean;
}

/** What {@linkcode runCell} is told. */
export interface RunCellOptions {
  readonly folder: string;
  readonly load: CellLoader;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Does one run of an experiment, unless the folder has it: under the hash of everything that decides its numbers, the
 * content of its data and what computes included. It is written when it is whole.
 */
export async function runCell(
  cell: ExperimentCell,
  { folder, load, signal, onProgress }: RunCellOptions,
): Promise<KeptCell> {
  const { parts, contents } = await load(cell, onProgress);
  const configuration = {
    version,
    cell,
    contents,
    backend: { library: backend.library, device: backend.device, threads: backend.threads },
  };
  const hash = createHash("sha256").update(JSON.stringify(configuration)).digest("hex").slice(0, 32);
  const file = join(folder, `${hash}.json`);
  if (await readCell(file)) return { file, cached: true };
  const rounds: Round[] = [];
  const task = taskOf(cell, parts);
  // A probe's run is over in a second or two; what takes minutes goes on where it was killed.
  const journal = haveFeatures(parts) ? undefined : join(folder, "journals");
  const run = activeLearning({ ...task, ...settingsOf(cell, parts), journal, signal, onProgress });
  for await (const round of run) rounds.push(round);
  await writeFileAtomic(file, JSON.stringify({ configuration, rounds }));
  return { file, cached: false };
}

const score = z.object({ accuracy: z.number(), loss: z.number(), brier: z.number(), calibrationError: z.number() });
const cellSchema = z.object({
  rounds: z.array(
    z.object({
      round: z.int(),
      labels: z.int(),
      budget: z.int(),
      test: score.extend({ adaptiveCalibrationError: z.number() }).loose(),
      validation: score.loose().optional(),
      asked: z.array(z.object({ index: z.int(), label: z.int().nullable() }).loose()),
      seconds: z.record(z.string(), z.number()),
    }).loose(),
  ).min(1),
});

/** The rounds in a cell's file; nothing where there is none, or a damaged one, which is computed again. */
export async function readCell(file: string): Promise<readonly Round[] | undefined> {
  try {
    const text = await Deno.readTextFile(file);
    cellSchema.parse(JSON.parse(text));
    return (JSON.parse(text) as { readonly rounds: readonly Round[] }).rounds;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError || error instanceof z.ZodError) return;
    throw error;
  }
}

/** What a cell computes with. */
export interface Loaded {
  readonly parts: ExperimentParts;
  /** Sums that tell its data, and the weights that it begins from, from all others. */
  readonly contents: readonly (string | null)[];
}

/** Loads what a cell computes with. */
export type CellLoader = (cell: ExperimentCell, onProgress?: ProgressListener) => Promise<Loaded>;

/** A loader that keeps what it loaded last: a process does many cells on the same data. */
export function cellLoader(): CellLoader {
  let last: { readonly key: string; readonly loaded: Promise<Loaded> } | undefined;
  return ({ dataset, model }, onProgress) => {
    const weights = "weights" in model ? model.weights : undefined;
    const key = JSON.stringify([dataset, model.kind === "probe", weights]);
    if (last?.key !== key) last = { key, loaded: load(dataset, { weights, model, onProgress }) };
    return last.loaded;
  };
}

async function load(dataset: DatasetDeclaration, options: LoadOptions): Promise<Loaded> {
  const parts = await partsFor(dataset, options);
  const { weights } = options;
  const sums = [parts.pool, parts.validation, parts.test].map((examples) => examples ? sumOf(examples) : null);
  return { parts, contents: [...sums, weights === undefined ? null : await sumOfWeights(weights)] };
}

/** The checksum of a feature set is that of its images, whatever saw them. */
function sumOf(examples: Dataset | FeatureSet): string {
  if (!("features" in examples)) return examples.checksum;
  const { checksum, features: { data }, labels } = examples;
  const hash = createHash("sha256").update(checksum);
  for (const { buffer, byteOffset, byteLength } of [data, labels]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

/** Published weights are checked against their sum when they are read; of other files the name says little. */
async function sumOfWeights(weights: string): Promise<string> {
  return weightCatalogue.get(weights)?.sum?.digits ?? await sumOfFile(backbones[weights] ?? weights);
}

interface LoadOptions {
  readonly weights?: string;
  readonly model: ModelDeclaration;
  readonly onProgress?: ProgressListener;
}

async function partsFor(
  dataset: DatasetDeclaration,
  { weights, model, onProgress }: LoadOptions,
): Promise<ExperimentParts> {
  const parts = await loadParts(dataset, onProgress);
  if (haveFeatures(parts)) {
    if (model.kind === "probe") return parts;
    throw new TypeError(
      `Cannot train ${model.name} on ${dataset.name}: a network learns from images: current value is a file of ` +
        'features. Give a dataset of images, or a model of kind "probe".',
    );
  }
  if (model.kind !== "probe") return parts;
  if (weights !== undefined) return await featureParts(parts as ExperimentParts<Dataset>, weights, onProgress);
  throw new TypeError(
    `Cannot fit ${model.name} on ${dataset.name}: a probe learns from features: current value is images. Say whose with ` +
      '`weights`, such as "resnet20-cifar10".',
  );
}

function haveFeatures(parts: ExperimentParts): parts is ExperimentParts<FeatureSet> {
  return "features" in parts.pool;
}

function taskOf({ model, strategy, committee }: ExperimentCell, parts: ExperimentParts): LearningTask {
  const asksCommittee = strategyOf(strategy).needs.includes("committee");
  if (haveFeatures(parts)) {
    const { classNames } = parts.pool;
    const recipe = probeRecipe({ classNames, c: model.kind === "probe" ? model.c : undefined });
    return { ...parts, estimator: asksCommittee ? withCommittee(recipe, committee) : recipe };
  }
  const images = parts as ExperimentParts<Dataset>;
  const recipe = networkRecipeOf(model as Exclude<ModelDeclaration, { kind: "probe" }>, images.pool);
  return { ...images, estimator: asksCommittee ? withCommittee(recipe, committee) : recipe };
}

/** Everything is drawn from the seed alone, so all strategies begin with the same labels and the same weights. */
function settingsOf(
  { strategy, seed, initial, batchSize, budget, candidates, training, flip, relabel, dropoutPasses }: ExperimentCell,
  { pool }: ExperimentParts,
): LoopSettings {
  const honest = simulatedOracle(pool);
  return {
    oracle: flip > 0 ? noisyOracle(honest, { flip, classCount: pool.classNames.length }) : honest,
    strategy: strategyOf(strategy),
    random: new Random(seed),
    initial,
    batchSize,
    budget,
    candidates,
    training,
    relabel,
    dropoutPasses,
  };
}

function strategyOf({ strategy, options }: StrategyDeclaration): QueryStrategy {
  const make: (options?: Readonly<Record<string, unknown>>) => QueryStrategy = strategies[strategy];
  return make(options);
}
