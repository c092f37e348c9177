/**
 * Compiles row_kernels.cc to row_kernels.wasm, with Zig's compiler from PyPI, and puts the source's fingerprint in it.
 *
 *     deno run -A tests/runtime/compile_row_kernels.ts
 */
import { join } from "node:path";
import { kernelSource } from "../../lib/runtime/kernels/kernel_library.ts";
import { lastLines, runCommand } from "../../lib/tasks/command.ts";
import { withZig } from "../../lib/tasks/setup/compiler.ts";
import { thisSite } from "../../lib/tasks/setup/site.ts";

export const compiledKernels: string = join(kernelSource, "..", "row_kernels.wasm");

/** The SHA-256 of the source: a section of its own in what it was compiled to. */
export async function sourceFingerprint(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(kernelSource)));
}

if (import.meta.main) {
  await withZig(thisSite(), () => {}, async ({ command, env }) => {
    const { code, stderr } = await runCommand([
      ...command,
      ...["--target=wasm32-freestanding", "-msimd128", "-mbulk-memory", "-O3", "-std=c++17", "-ffp-contract=off"],
      ...["-nostdlib", "-Wl,--no-entry", "-Wl,-z,stack-size=65536", "-Wl,--strip-all", kernelSource],
      ...["-o", compiledKernels],
    ], { env });
    if (code !== 0) throw new Error(`Cannot compile ${kernelSource}:\n${lastLines(stderr)}`);
  });
  await Deno.chmod(compiledKernels, 0o644); // linkers make what they write executable
  const name = new TextEncoder().encode("source");
  const content = [name.length, ...name, ...await sourceFingerprint()];
  await Deno.writeFile(compiledKernels, Uint8Array.of(0, content.length, ...content), { append: true });
}
