/**
 * Curio: active and transfer learning for image classification.
 *
 * What a notebook imports from `"curio"`, room by room.
 *
 * @module
 */

// runtime
export { type Backend, backend, BackendError, tf } from "./runtime/tensorflow.ts";
export { gatherRows, type Matrix, matrix, rowOf } from "./runtime/matrix.ts";
export type { ProgressEvent, ProgressListener } from "./runtime/progress.ts";
export { Random, type RandomState } from "./runtime/random.ts";

// data
export type { Dataset, ImageShape, ImageSource } from "./data/dataset.ts";

// training
export type { EpochRecord, History } from "./training/history.ts";
export type { AverageMetrics, ClassMetrics, Evaluation, ReliabilityBin } from "./training/evaluation.ts";
