import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import type { Random } from "../runtime/random.ts";
import { parseSafetensors } from "../training/safetensors.ts";
import { normalizationFor } from "./architecture.ts";
import { architectureOf } from "./architectures.ts";
import { checkTransferTarget, type Pretraining } from "./check_transfer_target.ts";
import { NetworkClassifier } from "./network_classifier.ts";
import type { FindWeightsOptions } from "./weights/find_weights.ts";
import { loadPretrained } from "./weights/load_pretrained.ts";
import { loadWeights } from "./weights/load_weights.ts";
import { readStateDict } from "./weights/read_state_dict.ts";
import { weightCatalogue } from "./weights/weight_catalogue.ts";

/** The files of the backbones that come with Curio, by name; a model card lies beside each. */
export const backbones: Readonly<Record<string, string>> = {
  "resnet20-cifar10": fileURLToPath(new URL("backbones/resnet20-cifar10.safetensors", import.meta.url)),
};

const lines = z.string().transform((text) => text.split("\n"));

/** What `deno task pretrain` writes into the header of a backbone's file: the text of each name. */
const headerSchema = z.object({
  architecture: z.string(),
  dataset: z.string(),
  classNames: lines,
  checksums: lines,
  testAccuracy: z.coerce.number().min(0).max(1),
});

/** What is known of a backbone without building it. */
export interface BackboneInfo extends Pretraining {
  /** The name that it was asked for by, or its file's. */
  readonly name: string;
  readonly file: string;
  /** A name out of `architectures`. */
  readonly architecture: string;
  /** On the test images of what it was trained on, 0…1. */
  readonly testAccuracy: number;
}

/** What {@linkcode loadBackbone} needs; published weights are found as {@linkcode loadPretrained} finds them. */
export interface LoadBackboneOptions extends FindWeightsOptions {
  /** What it is to learn: images of at least 32×32 pixels, 1 or 3 channels; other classes than it knows. */
  readonly target: Dataset;
  /** Of the new head's weights. */
  readonly random: Random;
}

/**
 * What the header of a backbone's file says of it.
 *
 * @param backbone a name out of {@linkcode backbones}, or the path of a file that `deno task pretrain` wrote
 * @throws {SyntaxError} if the file is damaged or not one of these
 * @throws {Deno.errors.NotFound} if there is no such file
 */
export async function backboneInfo(backbone: string): Promise<BackboneInfo> {
  const known = Object.hasOwn(backbones, backbone);
  const file = known ? backbones[backbone] : backbone;
  const { metadata } = parseSafetensors(await readFile(file), file);
  const parsed = headerSchema.safeParse(metadata);
  if (!parsed.success) {
    throw new SyntaxError(
      `Cannot load the backbone: the header of ${file} must say what it was trained on: current value is ` +
        `${JSON.stringify(metadata)}. Give a file that \`deno task pretrain\` wrote.`,
    );
  }
  return { name: known ? backbone : basename(file, ".safetensors"), file, ...parsed.data };
}

/**
 * A network that has learned to see on one dataset, for another: the trunk has the backbone's weights, the head is new
 * and knows nothing. The caller disposes of it.
 *
 * @param backbone a name out of {@linkcode backbones} or of the {@linkcode weightCatalogue}, or the path of a file that
 *   `deno task pretrain` wrote
 * @throws {RangeError} if the target is what the backbone was trained on, or its images are too small
 * @throws {SyntaxError} if the file is damaged or not one of these
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {DownloadError} if published weights are nowhere to be had
 *
 * @example
 * ```ts
 * import { type Dataset, loadBackbone, memoryImages, Random } from "curio";
 * import assert from "node:assert/strict";
 *
 * const target: Dataset = {
 *   name: "dots",
 *   images: memoryImages(new Uint8Array(2 * 32 * 32), { height: 32, width: 32, channels: 1 }),
 *   labels: Int32Array.of(0, 1),
 *   classNames: ["dark", "bright"],
 *   checksum: "00",
 * };
 * const network = await loadBackbone("resnet20-cifar10", { target, random: new Random(1) });
 * assert.equal((await network.embeddings(target.images)).columns, 64);
 * await network.dispose();
 * ```
 */
export async function loadBackbone(
  backbone: string,
  { target, random, ...find }: LoadBackboneOptions,
): Promise<NetworkClassifier> {
  const { classNames, images: { shape, preprocessing: own } } = target;
  if (weightCatalogue.has(backbone)) {
    const pretrained = await loadPretrained(backbone, { ...find, classNames, shape, random });
    return new NetworkClassifier({ ...pretrained, preprocessing: own ?? pretrained.preprocessing });
  }
  const info = await backboneInfo(backbone);
  checkTransferTarget(`the backbone ${info.name}`, { pretraining: info, target });
  const { build, featureLayer, headLayer, preprocessing, convention, namePrefix } = architectureOf(info.architecture);
  const network = build({ shape, classes: classNames.length, random });
  try {
    await loadWeights(network, await readStateDict(info.file), { naming: convention, namePrefix, leave: [headLayer] });
  } catch (error) {
    network.dispose();
    throw error;
  }
  const normalization = normalizationFor(preprocessing, shape.channels);
  return new NetworkClassifier({ network, classNames, featureLayer, normalization, preprocessing: own });
}

async function readFile(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot load the backbone: it must be one of ${Object.keys(backbones).join(", ")}, or a file: current value is ` +
        `"${file}". \`deno task pretrain\` makes one.`,
      { cause: error },
    );
  }
}
