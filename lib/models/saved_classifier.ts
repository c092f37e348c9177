import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { ResizePlan } from "../data/photos/resize_options.ts";
import { tf } from "../runtime/tensorflow.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { readWeights, writeWeights } from "../training/network_weights.ts";
import { openSealedSafetensors, sealSafetensors } from "../training/safetensors.ts";
import type { Trainable } from "../training/trainable.ts";
// Their layers must be known to tfjs before it reads them.
import "./architectures.ts";

const modelFile = "model.json";

const modelSchema = z.strictObject({
  format: z.literal("curio classifier 1"),
  classNames: z.array(z.string()).min(1),
  featureLayer: z.string(),
  normalization: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }).optional(),
  /** How photos become images; not there where images were no photos. */
  preprocessing: z.strictObject({
    crop: z.int().min(1).max(4096),
    resize: z.union([z.int().min(1).max(4096), z.literal("stretch")]),
    interpolation: z.enum(["bilinear", "bicubic", "lanczos"]),
  }).optional(),
  /** The weights' file, named by what is in it. */
  weights: z.string().regex(/^weights-[0-9a-f]{16}\.safetensors$/),
  /** As tfjs writes it. */
  topology: z.record(z.string(), z.unknown()),
});

/** What a folder keeps of a classifier. */
export interface SavedClassifier extends Trainable {
  readonly preprocessing?: ResizePlan;
}

/**
 * Writes a trained network into a folder: `model.json`, and its weights in a file named by its content. `model.json`
 * is written last and names the weights, so a reader always finds a pair that belongs together.
 */
export async function saveClassifier(classifier: SavedClassifier, folder: string): Promise<void> {
  const { network, classNames, featureLayer, normalization, preprocessing } = classifier;
  const content = sealSafetensors({ tensors: await readWeights(network), metadata: {} });
  const weights = `weights-${createHash("sha256").update(content).digest("hex").slice(0, 16)}.safetensors`;
  const model: z.infer<typeof modelSchema> = {
    format: "curio classifier 1",
    classNames: [...classNames],
    featureLayer,
    normalization: normalization && { mean: [...normalization.mean], deviation: [...normalization.deviation] },
    preprocessing,
    weights,
    topology: JSON.parse(JSON.stringify(network.toJSON(null, false))),
  };
  await writeFileAtomic(join(folder, weights), content);
  await writeFileAtomic(join(folder, modelFile), JSON.stringify(model, null, 2) + "\n");
  for await (const { name } of Deno.readDir(folder)) {
    const old = name !== weights && modelSchema.shape.weights.safeParse(name).success;
    if (old) await Deno.remove(join(folder, name));
  }
}

/**
 * Reads what {@linkcode saveClassifier} wrote; the caller owns the network.
 *
 * @throws {Deno.errors.NotFound} if a file is missing
 * @throws {SyntaxError} naming the file, if one is damaged
 */
export async function readClassifier(folder: string): Promise<SavedClassifier> {
  const path = join(folder, modelFile);
  const { topology, weights, ...known } = parseModel(await Deno.readTextFile(path), path);
  const weightsPath = join(folder, weights);
  const { tensors } = openSealedSafetensors(await Deno.readFile(weightsPath), weightsPath);
  const network = await networkOf(topology, path);
  try {
    writeWeights(network, tensors);
    network.getLayer(known.featureLayer);
  } catch (error) {
    network.dispose();
    throw new SyntaxError(`Cannot load the classifier: ${path} and ${weights} must belong together. (${error})`, {
      cause: error,
    });
  }
  return { network, ...known };
}

function parseModel(text: string, path: string): z.infer<typeof modelSchema> {
  try {
    return modelSchema.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : `${error}`;
    throw new SyntaxError(
      `Cannot load the classifier: ${path} is not a classifier's file. Save the classifier again. (${detail})`,
      { cause: error },
    );
  }
}

async function networkOf(topology: Record<string, unknown>, path: string): Promise<tf.LayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: undrawn(topology) }));
  } catch (error) {
    throw new SyntaxError(
      `Cannot load the classifier: ${path} must describe a network that this version can build. ` +
        `Save the classifier again. (${error})`,
      { cause: error },
    );
  }
}

/** A topology whose weights begin as zeros: drawing those of a VGG takes seconds, and the saved ones come next. */
function undrawn(topology: Record<string, unknown>): Record<string, unknown> {
  const zeros = { class_name: "Zeros", config: {} };
  return JSON.parse(JSON.stringify(topology, (key, value) => key.endsWith("_initializer") ? zeros : value));
}
