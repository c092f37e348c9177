import { join } from "node:path";

/**
 * Loads the CUDA libraries that set-up unpacked below `folder` (`cudnn/lib/libcudnn.so.9` and so on). TensorFlow asks
 * for them by name alone, and the loader gives it those that the process already has.
 *
 * @returns how many were loaded; one that does not load is passed over, for TensorFlow says itself what it lacks
 */
export function preloadCuda(folder: string): number {
  const waiting = sharedLibrariesBelow(folder);
  let loaded = 0;
  // They need each other: what fails in one round may find what it lacks in the next.
  for (let before = -1; before < loaded && waiting.length > 0;) {
    before = loaded;
    for (const path of waiting.splice(0)) {
      try {
        Deno.dlopen(path, {}); // never closed: it stays as long as the process
        loaded++;
      } catch {
        waiting.push(path);
      }
    }
  }
  return loaded;
}

function sharedLibrariesBelow(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      const path = join(folder, name);
      if (isDirectory) return sharedLibrariesBelow(path);
      return /\.so(\.\d+)*$/.test(name) ? [path] : [];
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
