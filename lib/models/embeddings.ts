import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { cacheFolder, cacheLimit } from "../data/cache_folder.ts";
import { contentHashes } from "../data/content_hashes.ts";
import type { Dataset, ImageShape } from "../data/dataset.ts";
import { lockFile } from "../data/lock_file.ts";
import { trimCache } from "../data/trim_cache.ts";
import { audit } from "../runtime/audit_trail.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { readAll, type RowReader } from "../runtime/row_reader.ts";
import { tf } from "../runtime/tensorflow.ts";
import { createEngine } from "../training/create_engine.ts";
import { readWeights } from "../training/network_weights.ts";
import { forwardBatches } from "../training/run_forward.ts";
import { checkImages, normalizationOf, type Trainable } from "../training/trainable.ts";

/** Options of {@linkcode embeddings}. */
export interface EmbeddingsOptions {
  /** Whose output, flattened, is the embedding; default the network's feature layer. */
  readonly layer?: string;
  /** Where the cache lies; default `data/caches/embeddings`. */
  readonly folder?: string;
  /** What layers compute in, as in `PredictOptions`; default `"float32"`. Each has a place of its own in the cache. */
  readonly precision?: "float32" | "bfloat16";
  /** Stops before the next batch by throwing the signal's reason; by default the notebook's stop button. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** Embeddings in the cache, `[images, features]`, read from disk a block at a time. */
export interface CachedEmbeddings extends RowReader {
  /** Little-endian float32, row after row. */
  readonly path: string;
}

/**
 * What a network sees in each image of a dataset, computed once: kept on disk under the hash of the network's weights
 * and layers up to `layer`, its normalization, the dataset's checksum and its images' size. A second call reads it
 * back; `readAll` brings it into memory. A run that was stopped or killed goes on where it was, with the same result,
 * to the last bit. Two processes that want the same do it once.
 *
 * The cache takes at most what `cacheLimit` says: what was used longest ago goes first, and `deno task clean --caches`
 * gives all of it back.
 *
 * @throws {TypeError} if the network has not been trained, so that its normalization is unknown
 * @throws {RangeError} if the images are not of the size that the network takes
 *
 * @example
 * ```ts
 * import { cnn, embeddings, memoryImages, Random, readAll } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 8, width: 8, channels: 1 };
 * const network = cnn({ shape, classes: 2, filters: [4], denseUnits: [16], random: new Random(1) });
 * const trunk = {
 *   network,
 *   featureLayer: "features",
 *   classNames: ["cat", "dog"],
 *   normalization: { mean: [0.5], deviation: [0.25] },
 * };
 * const folder = await Deno.makeTempDir();
 * const twoImages = { images: memoryImages(new Uint8Array(128).fill(7, 64), shape), checksum: "sevens" };
 * const { rows, columns, data } = await readAll(await embeddings(trunk, twoImages, { folder }));
 * assert.deepEqual([rows, columns, data.length], [2, 16, 32]);
 * network.dispose();
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function embeddings(
  trainable: Trainable,
  dataset: Pick<Dataset, "images" | "checksum">,
  options: EmbeddingsOptions = {},
): Promise<CachedEmbeddings> {
  const { layer = trainable.featureLayer, folder = cacheFolder("embeddings"), precision, onProgress } = options;
  checkImages("embed", trainable, dataset.images);
  const { network } = trainable;
  const trunk = tf.model({ inputs: network.inputs, outputs: network.getLayer(layer).output, name: "trunk" });
  const rows = dataset.images.count;
  const columns = (trunk.outputs[0].shape.slice(1) as number[]).reduce((product, side) => product * side, 1);
  const path = join(folder, `${await keyOf(trunk, { trainable, dataset, precision })}.f32`);
  const wanted = { path, rows, columns };
  if (!await isWhole(wanted)) {
    const began = Date.now();
    await compute(wanted, { ...options, trainable: { ...trainable, featureLayer: layer }, images: dataset.images });
    const limit = cacheLimit();
    const total = await trimCache(folder, { limit, usedSince: began });
    const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
    const text = `The embeddings in ${folder} take ${gigabytes(total)} of ${gigabytes(limit)}.`;
    onProgress?.({ kind: "note", task, text });
  }
  await Deno.utime(path, new Date(), new Date()).catch(() => {}); // a cache that is shared may be read only
  const cached: CachedEmbeddings = { ...wanted, read: (first, count) => readRows(wanted, { first, count }) };
  audit?.embedded(await contentHashes(dataset.images), await readAll(cached));
  return cached;
}

const task = "embed";

interface EmbeddingFile {
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
}

interface KeyOptions {
  readonly trainable: Trainable;
  readonly dataset: Pick<Dataset, "images" | "checksum">;
  readonly precision: EmbeddingsOptions["precision"];
}

async function keyOf(trunk: tf.LayersModel, { trainable, dataset, precision }: KeyOptions): Promise<string> {
  const { images, checksum } = dataset;
  // What matters to training alone changes no embedding.
  const topology = JSON.stringify(
    trunk.toJSON(null, false),
    (key, value) => /trainable|initializer|regularizer|constraint/.test(key) ? undefined : value,
  );
  const { mean, deviation } = normalizationOf(trainable);
  const { count, shape: { height, width, channels } } = images;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([1, topology, mean, deviation, checksum, count, height, width, channels]));
  if (precision === "bfloat16") hash.update(precision);
  for (const [name, { shape, data }] of await readWeights(trunk)) {
    hash.update(JSON.stringify([name, shape])).update(bytesOf(data));
  }
  return hash.digest("hex").slice(0, 32);
}

async function isWhole({ path, rows, columns }: EmbeddingFile): Promise<boolean> {
  try {
    return (await Deno.stat(path)).size === 4 * rows * columns;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

interface ComputeOptions extends EmbeddingsOptions {
  readonly trainable: Trainable;
  readonly images: Dataset["images"];
}

async function compute(
  wanted: EmbeddingFile,
  { trainable, images, precision, signal, onProgress }: ComputeOptions,
): Promise<void> {
  const { path, rows, columns } = wanted;
  const note = (text: string) => onProgress?.({ kind: "note", task, text });
  await Deno.mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  using file = await lockFile(partial, {
    signal,
    onWait: () => note("Another process computes these embeddings; waiting for it."),
  });
  if (await isWhole(wanted)) return await Deno.remove(partial);
  const batchSize = batchSizeFor(images.shape);
  const batches = Math.floor(Math.min((await file.stat()).size, 4 * rows * columns) / (4 * columns * batchSize));
  const from = batches * batchSize;
  await file.truncate(4 * columns * from);
  await file.seek(0, Deno.SeekMode.End);
  const engine = createEngine(trainable, { precision, onNote: note });
  try {
    const parts = forwardBatches(engine, images, { output: "features", task, from, batchSize, signal, onProgress });
    for await (const { data } of parts) {
      const bytes = bytesOf(data);
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    }
  } finally {
    await engine.dispose();
  }
  await file.sync();
  await Deno.rename(partial, path);
}

/** By the images' size alone, since the last bits of a result may depend on it: what is resumed must be the same. */
function batchSizeFor({ height, width }: ImageShape): number {
  return Math.min(256, Math.max(1, Math.floor(2 ** 21 / (height * width))));
}

interface Rows {
  readonly first: number;
  readonly count: number;
}

async function readRows({ path, rows, columns }: EmbeddingFile, { first, count }: Rows): Promise<Matrix> {
  if (!(first >= 0 && count >= 0 && first + count <= rows)) {
    throw new RangeError(
      `Cannot read embeddings: rows must be within 0…${rows - 1}: current value is ${first}…${first + count - 1}`,
    );
  }
  const data = new Float32Array(count * columns);
  const bytes = bytesOf(data);
  using file = await open(path);
  await file.seek(4 * first * columns, Deno.SeekMode.Start);
  for (let read = 0; read < bytes.length;) {
    const more = await file.read(bytes.subarray(read));
    if (more === null) throw new SyntaxError(goneFrom(path, "the file must be as long as it was"));
    read += more;
  }
  return { rows: count, columns, data };
}

async function open(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(goneFrom(path, "the file must still be in the cache"), { cause: error });
  }
}

const goneFrom = (path: string, rule: string) => `Cannot read ${path}: ${rule}. Call embeddings() again.`;

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
