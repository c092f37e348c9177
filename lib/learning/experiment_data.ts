import { z } from "zod";
import type { Dataset, TrainAndTest } from "../data/dataset.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { imageFolder } from "../data/photos/image_folder.ts";
import { resized } from "../data/resized.ts";
import { stratifiedSplit } from "../data/stratified_split.ts";
import { subset } from "../data/subset.ts";
import { backbones, loadBackbone } from "../models/load_backbone.ts";
import { embeddings } from "../models/embeddings.ts";
import { NetworkClassifier } from "../models/network_classifier.ts";
import { loadPretrained } from "../models/weights/load_pretrained.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { Random } from "../runtime/random.ts";
import { readAll } from "../runtime/row_reader.ts";
import type { FeatureSet } from "./examples.ts";
import { loadFeatureSet } from "./experiment_features.ts";
import { type DatasetDeclaration, datasetSchema, type ExperimentDeclaration } from "./experiment_schema.ts";

/** The parts that a run is given. */
export interface ExperimentParts<E extends Dataset | FeatureSet = Dataset | FeatureSet> {
  readonly pool: E;
  readonly validation?: E;
  readonly test: E;
}

/** Split and subsets are those of every experiment: seeds differ in what is drawn from them. */
const splitRandom = () => new Random("experiment");

/**
 * The pool, validation and test set of one of an experiment's datasets, as its runs have them: the indices of what was
 * asked count in this pool.
 *
 * @throws {TypeError} if the declaration is wrong, and what loading throws
 */
export async function experimentParts(dataset: ExperimentDeclaration["datasets"][number]): Promise<ExperimentParts> {
  const parsed = datasetSchema.safeParse(dataset);
  if (parsed.success) return await loadParts(parsed.data);
  throw new TypeError(
    `Cannot load the parts of an experiment: the declaration is wrong:\n${z.prettifyError(parsed.error)}`,
  );
}

/** Reads a declared dataset and divides it. */
export async function loadParts(
  declaration: DatasetDeclaration,
  onProgress?: ProgressListener,
): Promise<ExperimentParts> {
  if (declaration.kind === "features") {
    const { features, test, validation } = declaration;
    return {
      pool: await loadFeatureSet(features),
      test: await loadFeatureSet(test),
      ...(validation !== undefined && { validation: await loadFeatureSet(validation) }),
    };
  }
  const { train, test, validation } = await loadImages(declaration, onProgress);
  const sizes = { validation: validation ? 0 : declaration.validation ?? 0, pool: declaration.pool ?? "rest" as const };
  const parts = stratifiedSplit(train.labels, { sizes, random: splitRandom().child("train") });
  const held = validation ?? (parts.validation.length > 0 ? subset(train, parts.validation) : undefined);
  return { pool: subset(train, parts.pool), test: part(test, declaration.test), ...(held && { validation: held }) };
}

async function loadImages(
  declaration: Exclude<DatasetDeclaration, { kind: "features" }>,
  onProgress?: ProgressListener,
): Promise<TrainAndTest & { readonly validation?: Dataset }> {
  if (declaration.kind === "folder") {
    const { folder, name, size, validation } = declaration;
    const { train, test, validation: own } = await imageFolder(folder, {
      name,
      preprocessing: { crop: size },
      onProgress,
    });
    return { train, test, ...(validation !== undefined && own && { validation: part(own, validation) }) };
  }
  const { catalogue, size } = declaration;
  const { train, test } = await loadDataset(catalogue, { onProgress });
  return size === undefined
    ? { train, test }
    : { train: resized(train, { crop: size }), test: resized(test, { crop: size }) };
}

function part(dataset: Dataset, size: number | undefined): Dataset {
  if (size === undefined || size >= dataset.labels.length) return dataset;
  return subset(
    dataset,
    stratifiedSplit(dataset.labels, { sizes: { part: size }, random: splitRandom().child("part") }).part,
  );
}

/** What a network with these weights sees in each image; computed once and kept on disk, whichever process asks first. */
export async function featureParts(
  { pool, validation, test }: ExperimentParts<Dataset>,
  weights: string,
  onProgress?: ProgressListener,
): Promise<ExperimentParts<FeatureSet>> {
  const trunk = await pretrainedClassifier(weights, { target: pool, random: new Random("head") });
  try {
    const { normalization, network, classNames, featureLayer } = trunk;
    const featuresOf = async ({ images, ...dataset }: Dataset): Promise<FeatureSet> => {
      const cached = await embeddings({ network, classNames, featureLayer, normalization }, { ...dataset, images }, {
        onProgress,
      });
      return { ...dataset, features: await readAll(cached) };
    };
    return {
      pool: await featuresOf(pool),
      test: await featuresOf(test),
      ...(validation && { validation: await featuresOf(validation) }),
    };
  } finally {
    await trunk.dispose();
  }
}

/** A network that has learnt elsewhere, with a new head for the target's classes. */
export async function pretrainedClassifier(
  weights: string,
  { target, random }: { readonly target: Dataset; readonly random: Random },
): Promise<NetworkClassifier> {
  if (Object.hasOwn(backbones, weights)) return await loadBackbone(weights, { target, random });
  const { classNames, images: { shape } } = target;
  return new NetworkClassifier(await loadPretrained(weights, { classNames, shape, random }));
}
