import { join } from "node:path";
import wabt from "wabt";

const folder = join(import.meta.dirname!, "..", "..", "lib", "query");
export const compiledPath: string = join(folder, "row_kernels.wasm");

/** What row_kernels.wat compiles to. */
export async function compileRowKernels(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const name = "row_kernels.wat";
  const module = parseWat(name, await Deno.readTextFile(join(folder, name)), { simd: true, relaxed_simd: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

if (import.meta.main) await Deno.writeFile(compiledPath, await compileRowKernels());
