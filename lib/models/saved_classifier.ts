import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
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
  /** The weights' file, named by what is in it. */
  weights: z.string().regex(/^weights-[0-9a-f]{16}\.safetensors$/),
  /** As tfjs writes it. */
  topology: z.record(z.string(), z.unknown()),
});

/**
 * Writes a trained network into a folder: `model.json`, and its weights in a file named by its content. `model.json`
 * is written last and names the weights, so a reader always finds a pair that belongs together.
 */
export async function saveTrainable(trainable: Trainable, folder: string): Promise<void> {
  const { network, classNames, featureLayer, normalization } = trainable;
  const content = sealSafetensors({ tensors: await readWeights(network), metadata: {} });
  const weights = `weights-${createHash("sha256").update(content).digest("hex").slice(0, 16)}.safetensors`;
  const model: z.infer<typeof modelSchema> = {
    format: "curio classifier 1",
    classNames: [...classNames],
    featureLayer,
    normalization: normalization && { mean: [...normalization.mean], deviation: [...normalization.deviation] },
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
 * Reads what {@linkcode saveTrainable} wrote; the caller owns the network.
 *
 * @throws {Deno.errors.NotFound} if a file is missing
 * @throws {SyntaxError} naming the file, if one is damaged
 */
export async function loadTrainable(folder: string): Promise<Trainable> {
  const path = join(folder, modelFile);
  const { topology, weights, classNames, featureLayer, normalization } = parseModel(
    await Deno.readTextFile(path),
    path,
  );
  const weightsPath = join(folder, weights);
  const { tensors } = openSealedSafetensors(await Deno.readFile(weightsPath), weightsPath);
  const network = await networkOf(topology, path);
  try {
    writeWeights(network, tensors);
    network.getLayer(featureLayer);
  } catch (error) {
    network.dispose();
    throw new SyntaxError(`Cannot load the classifier: ${path} and ${weights} must belong together. (${error})`, {
      cause: error,
    });
  }
  return { network, classNames, featureLayer, normalization };
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
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: topology }));
  } catch (error) {
    throw new SyntaxError(
      `Cannot load the classifier: ${path} must describe a network that this version can build. ` +
        `Save the classifier again. (${error})`,
      { cause: error },
    );
  }
}
