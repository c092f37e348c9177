import assert from "node:assert/strict";
import { join } from "node:path";
import { findCommand, runCommand } from "../../lib/tasks/command.ts";
import { preloadCuda } from "../../lib/runtime/preload_cuda.ts";

const compiler = Deno.build.os === "linux" ? findCommand("cc") ?? findCommand("c++") : undefined;

Deno.test("preloadCuda() finds nothing in a folder that is not there", () => {
  assert.equal(preloadCuda("/nowhere/at/all"), 0);
});

Deno.test({
  name: "preloadCuda() loads libraries that need each other, and the loader then finds them by name" +
    (compiler ? "" : " (skipped: no C compiler on Linux)"),
  ignore: compiler === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    // "a" needs "z": in the order of names the first try fails.
    const [a, z] = ["libcurio_a.so.12", "libcurio_z.so.9"].map((name) => join(folder, name.slice(3, 10), "lib", name));
    for (const path of [a, z]) await Deno.mkdir(join(path, ".."), { recursive: true });
    const build = async (path: string, source: string, ...more: string[]) => {
      await Deno.writeTextFile(join(folder, "source.c"), source);
      const name = path.split("/").at(-1);
      const { code, stderr } = await runCommand([
        ...[compiler!, "-shared", "-fPIC", `-Wl,-soname,${name}`, join(folder, "source.c"), "-o", path, ...more],
      ]);
      assert.equal(code, 0, stderr);
    };
    await build(z, "int nine(void) { return 9; }");
    await build(a, "int nine(void); int twelve(void) { return nine() + 3; }", z);
    await Deno.writeTextFile(join(folder, "notes.txt"), "no library");
    assert.equal(preloadCuda(folder), 2);
    const library = Deno.dlopen("libcurio_a.so.12", { twelve: { parameters: [], result: "i32" } });
    assert.equal(library.symbols.twelve(), 12);
    library.close();
    await Deno.remove(folder, { recursive: true });
  },
});
