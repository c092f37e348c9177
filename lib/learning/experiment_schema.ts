import { z } from "zod";
import { strategies, type StrategyName } from "../query/strategies.ts";

const count = z.int().positive();
const rate = z.number().positive();

/** How many items of each part an experiment takes, drawn once with a fixed seed; all by default. */
const partSizes = {
  /** Items that may be asked, stratified by class. */
  pool: count.optional(),
  /** Items for validation, taken out of the training images first; none by default. Their labels count in the budgets. */
  validation: count.optional(),
  /** Test items. */
  test: count.optional(),
};

const catalogueSchema = z.strictObject({
  catalogue: z.string(),
  name: z.string().optional(),
  /** Side of the square that images are resized to; as they are by default. */
  size: count.optional(),
  ...partSizes,
}).transform((given) => ({ kind: "catalogue" as const, ...given, name: given.name ?? given.catalogue }));

/** Which data an experiment learns from. */
export const datasetSchema = z.union([
  z.string().transform((catalogue) => ({ catalogue })).pipe(catalogueSchema),
  catalogueSchema,
  z.strictObject({ folder: z.string(), name: z.string(), size: count.default(224), ...partSizes })
    .transform((given) => ({ kind: "folder" as const, ...given })),
  z.strictObject({ features: z.string(), test: z.string(), validation: z.string().optional(), name: z.string() })
    .transform((given) => ({ kind: "features" as const, ...given })),
]);

const trained = {
  name: z.string().optional(),
  /** Gradient steps in each round, however many labels there are. */
  steps: count.default(500),
  batchSize: count.default(64),
  learningRate: rate.default(0.001),
};

const modelSchema = z.union([
  z.strictObject({
    kind: z.literal("probe"),
    name: z.string().default("linear probe"),
    /** A network that turns images into features: of `backbones`, the weight catalogue, or a file. */
    weights: z.string().optional(),
    c: rate.default(1),
  }),
  z.strictObject({
    kind: z.literal("cnn"),
    ...trained,
    filters: z.array(count).optional(),
    denseUnits: z.array(count).optional(),
    denseDropout: z.number().min(0).lt(1).optional(),
    batchNorm: z.boolean().optional(),
  }).transform((given) => ({ ...given, name: given.name ?? "cnn" })),
  z.strictObject({
    kind: z.literal("network"),
    ...trained,
    /** Fine-tuned from these weights: of `backbones`, the weight catalogue, or a file. */
    weights: z.string().optional(),
    /** Trained from scratch, by its name in `architectures`. */
    architecture: z.string().optional(),
  }).refine(({ weights, architecture }) => (weights === undefined) !== (architecture === undefined), {
    error: "a network is either of weights or of an architecture",
  }).transform((given) => ({ ...given, name: given.name ?? given.weights ?? given.architecture! })),
]);

const strategyName = z.enum(Object.keys(strategies) as StrategyName[]);

const strategySchema = z.union([
  strategyName.transform((strategy) => ({ strategy, name: strategy as string, options: {} })),
  z.strictObject({
    strategy: strategyName,
    /** As tables and legends call it. */
    name: z.string().optional(),
    options: z.record(z.string(), z.unknown()).default({}),
  }).transform((given) => ({ ...given, name: given.name ?? given.strategy })),
]);

const seedsSchema = z.union([
  count.transform((seeds) => Array.from({ length: seeds }, (_, seed) => seed + 1)),
  z.array(z.int()).min(1),
]);

function named<T extends { readonly name: string }>(item: z.ZodType<T, unknown>) {
  return z.array(item).min(1).refine((items) => new Set(items.map(({ name }) => name)).size === items.length, {
    error: "every one must have a name of its own",
  });
}

/**
 * What an experiment consists of: every strategy at every seed with every model on every dataset.
 *
 * - `datasets`: names of the catalogue; `{ catalogue, size?, pool?, validation?, test? }`; `{ folder, name, size? }`, photos
 *   by class; or `{ features, test, validation?, name }`, files of `saveFeatureSet`.
 * - `models`: `{ kind: "probe", weights?, c? }`; `{ kind: "cnn", steps?, batchSize?, learningRate?, filters?, … }`;
 *   `{ kind: "network", weights | architecture, steps?, … }`.
 * - `strategies`: names, or `{ strategy, options?, name? }`.
 * - `seeds`: how many, or which. Default: 20 where all models are probes, else 5.
 */
export const experimentSchema = z.strictObject({
  datasets: named(datasetSchema),
  models: named(modelSchema),
  strategies: named(strategySchema),
  seeds: seedsSchema.optional(),
  initial: z.strictObject({ size: count.default(100), by: z.enum(["random", "stratified"]).default("random") })
    .prefault({}),
  batchSize: z.union([count, z.strictObject({ first: count, factor: z.number().min(1) })]).default(100),
  /** Labels after which a run ends, those of the validation set not counted. */
  budget: count.default(1000),
  /** Strategies choose among so many items of the pool, drawn anew each round; among all by default. */
  candidates: count.optional(),
  training: z.union([
    z.enum(["scratch", "warm"]),
    z.strictObject({ shrink: z.number().optional(), noise: z.number().optional() }),
  ]).default("scratch"),
  /** Share of the answers that are wrong, any other class being equally likely; 0 by default. */
  flip: z.number().min(0).max(1).default(0),
  /** Of each batch, the share that asks again for labels that look wrong; by default none is asked twice. */
  relabel: z.strictObject({
    share: z.number().positive().max(1),
    answers: z.int().min(2).optional(),
    folds: z.int().min(2).optional(),
  }).optional(),
  /** Members, on bootstrap samples, that are asked beside the model by strategies that read a committee. */
  committee: count.default(5),
  dropoutPasses: count.default(20),
}).transform(({ seeds, ...given }) => ({
  ...given,
  seeds: seeds ?? seedsSchema.parse(given.models.every(({ kind }) => kind === "probe") ? 20 : 5),
}));

/** An experiment as it is written down; see {@linkcode experimentSchema}. */
export type ExperimentDeclaration = z.input<typeof experimentSchema>;

/** An experiment with all that was left open settled. */
export type Experiment = z.output<typeof experimentSchema>;

export type DatasetDeclaration = Experiment["datasets"][number];
export type ModelDeclaration = Experiment["models"][number];
export type StrategyDeclaration = Experiment["strategies"][number];

/** One run of an experiment, as it goes to a process of its own. */
export interface ExperimentCell extends
  Pick<
    Experiment,
    "initial" | "batchSize" | "budget" | "candidates" | "training" | "flip" | "relabel" | "committee" | "dropoutPasses"
  > {
  readonly dataset: DatasetDeclaration;
  readonly model: ModelDeclaration;
  readonly strategy: StrategyDeclaration;
  readonly seed: number;
}

/**
 * The experiment that a declaration means.
 *
 * @throws {TypeError} saying which part is wrong
 */
export function parseExperiment(declaration: ExperimentDeclaration): Experiment {
  const parsed = experimentSchema.safeParse(declaration);
  if (parsed.success) return parsed.data;
  throw new TypeError(`Cannot run the experiment: its declaration is wrong:\n${z.prettifyError(parsed.error)}`);
}

/** All cells, seeds in the outer loop: what is there after a while covers all strategies. */
export function cellsOf({ datasets, models, strategies, seeds, ...settings }: Experiment): ExperimentCell[] {
  return datasets.flatMap((dataset) =>
    models.flatMap((model) =>
      seeds.flatMap((seed) => strategies.map((strategy) => ({ dataset, model, strategy, seed, ...settings })))
    )
  );
}
