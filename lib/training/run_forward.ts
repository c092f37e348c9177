import { setImmediate } from "node:timers/promises";
import type { ImageSource } from "../data/dataset.ts";
import { contentHashes } from "../data/content_hashes.ts";
import { audit } from "../runtime/audit_trail.ts";
import { cellInterruption } from "../runtime/interruption.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import type { Random } from "../runtime/random.ts";
import type { Engine } from "./engine.ts";
import { handled } from "./handled.ts";
import { softmaxRows } from "./softmax_rows.ts";

/** How to run a classifier over images. */
export interface PredictOptions {
  /** Images that are computed at once; default 256. */
  readonly batchSize?: number;
  /**
   * Keeps dropout on, with masks drawn from here: one pass of Monte Carlo dropout (Gal and Ghahramani, 2016). Off when
   * left out.
   */
  readonly dropout?: Random;
  /**
   * What layers compute in; default `"float32"`. `"bfloat16"` keeps 8 bits of each number: faster where the processor
   * has AVX512_BF16 or AMX, slower elsewhere; networks that run operation by operation stay in float32.
   */
  readonly precision?: "float32" | "bfloat16";
  /** Stops before the next batch by throwing the signal's reason; by default the notebook's stop button. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/** {@linkcode PredictOptions}, and what to read. */
export interface RunForwardOptions extends PredictOptions {
  readonly output: "logits" | "features";
}

/** Between two progress events, in milliseconds. */
const progressInterval = 250;

/**
 * Runs an engine over all images, batch by batch, reading the next while one computes.
 *
 * @returns `[images, classes]` or `[images, features]`
 */
export async function runForward(engine: Engine, images: ImageSource, options: RunForwardOptions): Promise<Matrix> {
  let data = new Float32Array(0);
  let columns = 0;
  let done = 0;
  for await (const part of forwardBatches(engine, images, { ...options, task: "predict" })) {
    columns = part.columns;
    if (done === 0) data = new Float32Array(images.count * columns);
    data.set(part.data, done * columns);
    done += part.rows;
  }
  const result = { rows: images.count, columns, data };
  if (audit) {
    const hashes = await contentHashes(images);
    if (options.output === "logits") audit.predicted(engine, hashes, softmaxRows(result));
    else audit.embedded(hashes, result);
  }
  return result;
}

/** {@linkcode RunForwardOptions}, where to begin, and what the work is called. */
export interface ForwardBatchesOptions extends RunForwardOptions {
  readonly task: string;
  /** The first image; default 0. */
  readonly from?: number;
}

/** What {@linkcode runForward} collects: the rows of one batch after the other. */
export async function* forwardBatches(
  engine: Engine,
  images: ImageSource,
  options: ForwardBatchesOptions,
): AsyncGenerator<Matrix, void> {
  const { output, task, from = 0, batchSize = 256, dropout, signal = cellInterruption(), onProgress } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`Cannot predict: batchSize must be a positive integer: current value is ${batchSize}`);
  }
  const total = images.count;
  const began = performance.now();
  let told = began;
  const readAt = (start: number) => {
    const indices = Int32Array.from({ length: Math.min(batchSize, total - start) }, (_, place) => start + place);
    return handled(images.read(indices));
  };
  onProgress?.({ kind: "begin", task, total, unit: "images" });
  let outcome: "done" | "stopped" | "failed" = "failed";
  try {
    let next = from < total ? readAt(from) : undefined;
    for (let start = from; next; start += batchSize) {
      const bytes = await next;
      if (signal.aborted) outcome = "stopped";
      signal.throwIfAborted();
      next = start + batchSize < total ? readAt(start + batchSize) : undefined;
      const noiseKey = dropout?.child(start).uint32();
      const part = await engine.forward(bytes, { output, noiseKey });
      yield part;
      if (performance.now() - told > progressInterval) {
        told = performance.now();
        onProgress?.({ kind: "advance", task, done: start + part.rows, total });
      }
      await setImmediate();
    }
    outcome = "done";
  } finally {
    onProgress?.({ kind: "finish", task, outcome, seconds: (performance.now() - began) / 1000 });
  }
}
