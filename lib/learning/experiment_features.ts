import { z } from "zod";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { openSealedSafetensors, sealSafetensors } from "../training/safetensors.ts";
import type { FeatureSet } from "./examples.ts";

const format = "curio features 1";
const metadataSchema = z.strictObject({
  format: z.literal(format),
  name: z.string(),
  checksum: z.string(),
  classNames: z.string().transform((text): unknown => JSON.parse(text)).pipe(z.array(z.string()).min(1)),
});

/**
 * Writes features with their labels into a file, `*.safetensors`, for an experiment's processes to read.
 *
 * @throws {Deno.errors.PermissionDenied} and other file errors
 */
export async function saveFeatureSet(
  { name, checksum, classNames, labels, features }: FeatureSet,
  path: string,
): Promise<void> {
  const tensors = new Map([
    ["features", { shape: [features.rows, features.columns], data: features.data }],
    ["labels", { shape: [labels.length], data: Float32Array.from(labels) }],
  ]);
  const metadata = { format, name, checksum, classNames: JSON.stringify(classNames) };
  await writeFileAtomic(path, sealSafetensors({ tensors, metadata }));
}

/**
 * Reads what {@linkcode saveFeatureSet} wrote.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} naming the file, if it is damaged or holds no features
 */
export async function loadFeatureSet(path: string): Promise<FeatureSet> {
  const { tensors, metadata } = openSealedSafetensors(await Deno.readFile(path), path);
  const parsed = metadataSchema.safeParse(metadata);
  const [features, labels] = [tensors.get("features"), tensors.get("labels")];
  if (!parsed.success || features?.shape.length !== 2 || labels?.data.length !== features.shape[0]) {
    throw new SyntaxError(
      `Cannot load features: ${path} must hold one row of features for each label: current value is ` +
        `${JSON.stringify(metadata)}. Save the features again.`,
    );
  }
  const [rows, columns] = features.shape;
  const { name, checksum, classNames } = parsed.data;
  const labelsOf = Int32Array.from(labels.data);
  return { name, checksum, classNames, labels: labelsOf, features: { rows, columns, data: features.data } };
}
