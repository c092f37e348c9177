import { contentHashes } from "../../data/content_hashes.ts";
import type { Dataset, TrainAndTest } from "../../data/dataset.ts";
import { loadDataset, type LoadDatasetOptions } from "../../data/load_dataset.ts";

/** The test images of the dataset that is graded on, as the grader has them: whose labels are believed. */
export interface TestImages {
  readonly dataset: string;
  readonly classNames: readonly string[];
  /** The class of each, by its content hash. */
  readonly labels: ReadonlyMap<bigint, number>;
  /** How many images have the same content, where it is more than one. */
  readonly copies: ReadonlyMap<bigint, number>;
  /** Those that the publisher has put among the training images too: learning from these is no leakage. */
  readonly alsoTraining: ReadonlySet<bigint>;
}

/** The test images of a dataset of the catalogue, or of a folder of photos in a data folder. */
export async function loadTestImages(dataset: string, options: LoadDatasetOptions = {}): Promise<TestImages> {
  return await testImagesOf(await loadDataset(dataset, options));
}

/** The test images of a dataset. */
export async function testImagesOf({ train, test }: Pick<TrainAndTest, "train" | "test">): Promise<TestImages> {
  const hashes = await contentHashes(test.images);
  const labels = new Map<bigint, number>();
  const copies = new Map<bigint, number>();
  hashes.forEach((hash, place) => {
    if (labels.has(hash)) copies.set(hash, (copies.get(hash) ?? 1) + 1);
    else labels.set(hash, test.labels[place]);
  });
  const training = await contentHashes(train.images);
  const { name: dataset, classNames }: Dataset = test;
  return { dataset, classNames, labels, copies, alsoTraining: new Set(training.filter((hash) => labels.has(hash))) };
}
