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
export { loadDataset, type LoadDatasetOptions, type TrainAndTest } from "./data/load_dataset.ts";
export { catalogue, type CatalogueEntry, catalogueEntry } from "./data/catalogue.ts";
export { dataFolders } from "./data/data_folders.ts";
export { DataFormatError, type DataFormatFault } from "./data/data_format_error.ts";
export { memoryImages } from "./data/memory_images.ts";
export { subset } from "./data/subset.ts";
export { classCounts } from "./data/class_counts.ts";
export { imageTensor } from "./data/image_tensor.ts";
export { channelStatistics, type ChannelStatisticsOptions, type Normalization } from "./data/channel_statistics.ts";
export { type PartSize, type Split, stratifiedSplit, type StratifiedSplitOptions } from "./data/stratified_split.ts";
export { initialSet, type InitialSetOptions } from "./data/initial_set.ts";
export { kFolds, type KFoldsOptions } from "./data/k_folds.ts";
export { type Augmentation, augmentBatch, type AugmentBatchOptions } from "./data/augment_batch.ts";

// training
export type { EpochRecord, History } from "./training/history.ts";
export type { AverageMetrics, ClassMetrics, Evaluation, ReliabilityBin } from "./training/evaluation.ts";
