import { setTimeout as delay } from "node:timers/promises";
import { type CachedEmbeddings, embeddings, type ProgressListener } from "curio";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { tinyTrainable } from "../training/tiny_trainable.ts";

/** Embeddings of ten batches of images, each of which takes a while to read. */
export async function embeddedRun(folder: string, onProgress?: ProgressListener): Promise<CachedEmbeddings> {
  const dataset = syntheticDataset({ count: 2500 });
  const trainable = { ...tinyTrainable(), normalization: { mean: [0.5], deviation: [0.25] } };
  const read = async (indices: ArrayLike<number>) => {
    await delay(20);
    return await dataset.images.read(indices);
  };
  try {
    return await embeddings(trainable, { ...dataset, images: { ...dataset.images, read } }, { folder, onProgress });
  } finally {
    trainable.network.dispose();
  }
}

// As a program: prints after each batch.
if (import.meta.main) await embeddedRun(Deno.args[0], ({ kind }) => kind === "advance" && console.log("a batch"));
