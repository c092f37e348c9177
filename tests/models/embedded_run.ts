import { setTimeout as delay } from "node:timers/promises";
import { type CachedEmbeddings, embeddings } from "curio";
import { syntheticDataset } from "../training/synthetic_dataset.ts";
import { tinyTrainable } from "../training/tiny_trainable.ts";

/** Embeddings of ten batches of images, each of which takes a while to read. */
export async function embeddedRun(folder: string, onRead: () => void = () => {}): Promise<CachedEmbeddings> {
  const dataset = syntheticDataset({ count: 2500 });
  const trainable = { ...tinyTrainable(), normalization: { mean: [0.5], deviation: [0.25] } };
  const read = async (indices: ArrayLike<number>) => {
    await delay(20);
    onRead();
    return await dataset.images.read(indices);
  };
  try {
    return await embeddings(trainable, { ...dataset, images: { ...dataset.images, read } }, { folder });
  } finally {
    trainable.network.dispose();
  }
}

// As a program: prints at each batch.
if (import.meta.main) await embeddedRun(Deno.args[0], () => console.log("a batch"));
