import assert from "node:assert/strict";
import { kernelLibrary } from "../../../lib/runtime/kernels/kernel_library.ts";
import { nativeKernels } from "../../../lib/runtime/kernels/row_kernels.ts";
import { findCompiler } from "../../../lib/tasks/setup/find_compiler.ts";
import { haveRowKernels, readKernelNote, rowKernelsStep } from "../../../lib/tasks/setup/row_kernels.ts";
import { type Site, thisSite, venvPath } from "../../../lib/tasks/setup/site.ts";
import { fakeSite } from "./fake_site.ts";

const quiet = () => {};
const compiler = findCompiler(thisSite());

Deno.test({
  name: "rowKernelsStep() compiles what loads and computes, and leaves nothing half done",
  ignore: compiler === undefined,
  async fn() {
    await using fake = await fakeSite();
    const site: Site = { ...fake, env: thisSite().env };
    assert.equal(await rowKernelsStep(site).isDone(), false);
    assert.equal(await rowKernelsStep(site).run(quiet), `compiled with ${compiler}`);
    assert.equal(await rowKernelsStep(site).isDone(), true);
    const kernels = nativeKernels(kernelLibrary(site.root));
    assert.equal(kernels?.squaredDistance(Float32Array.of(1, 2, 4, 6), 0, Float32Array.of(1, 2, 4, 6), 1, 2), 25);
    const left = Array.from(Deno.readDirSync(venvPath(site, "kernels")), ({ name }) => name);
    assert.equal(left.length, 1);
  },
});

Deno.test("rowKernelsStep() lets WebAssembly serve where a compiler fails, and tries again with another", async () => {
  await using site = await fakeSite();
  await site.command("g++", "echo 'unknown flag' >&2; exit 1");
  assert.match(await rowKernelsStep(site).run(quiet), /^WebAssembly serves instead: .*unknown flag$/);
  assert.equal(await rowKernelsStep(site).isDone(), true);
  assert.equal(await haveRowKernels(site), false);
  // What is written does not load.
  await site.command("c++", 'while [ "$1" != -o ]; do shift; done; echo nonsense > "$2"');
  assert.equal(await rowKernelsStep(site).isDone(), false);
  assert.match(await rowKernelsStep(site).run(quiet), /does not load$/);
  assert.match((await readKernelNote(site))!.compiler, /c\+\+$/);
  assert.equal(await haveRowKernels(site), false);
});

Deno.test("rowKernelsStep() borrows a compiler where there is none, and does without where it cannot", async () => {
  await using site = await fakeSite();
  await Deno.mkdir(venvPath(site, "bin"), { recursive: true });
  await Deno.writeTextFile(venvPath(site, "bin", "python"), "#!/bin/sh\necho 'no network' >&2; exit 1\n", {
    mode: 0o755,
  });
  assert.equal(rowKernelsStep(site).fetches, 94e6);
  assert.match(await rowKernelsStep(site).run(quiet), /^WebAssembly serves instead/);
  assert.equal(await rowKernelsStep(site).isDone(), true);
});
