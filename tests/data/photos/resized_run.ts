/**
 * As a program: resizes the photos of a folder into a cache, and prints after each block.
 *
 * @module
 */
// Not all of "curio": what needs TensorFlow takes a while to start.
import { loadPhotos } from "../../../lib/data/photos/load_photos.ts";

/** Few photos fill a block. */
export const preprocessing = { crop: 1024 };

if (import.meta.main) {
  const [folder, cache] = Deno.args;
  await loadPhotos(folder, {
    preprocessing,
    cache,
    onProgress: ({ kind }) => kind === "advance" && console.log("a block"),
  });
}
