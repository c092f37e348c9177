import { existsSync } from "node:fs";
import { join } from "node:path";
import { releaseLibraryPages } from "./release_library_pages.ts";

/**
 * Loads the libraries that the addon needs, one after the other, each giving back at once what loading it has touched:
 * both together, on top of what the process holds by the time the addon asks for them, would be its peak of memory.
 *
 * @param folder where the wheel's libraries lie; nothing happens where there are none
 */
export function preloadTensorFlow(folder: string): void {
  for (const name of ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"]) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    Deno.dlopen(path, {}); // never closed: it stays as long as the process
    releaseLibraryPages(name);
  }
}
