import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { findNotebooks } from "../../lib/tasks/find_notebooks.ts";

const folder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
for (const name of ["02_b.ipynb", "01_a.ipynb", "04_d.ipynb", "notes.md", "extra.ipynb"]) {
  await Deno.writeTextFile(join(folder, name), "{}");
}
const names = async (wanted: string[], all = false) =>
  (await findNotebooks(wanted, { folder, all })).map((path) => basename(path, ".ipynb"));

Deno.test("findNotebooks() gives the core notebooks in order, or all", async () => {
  assert.deepEqual(await names([]), ["01_a", "02_b"]);
  assert.deepEqual(await names([], true), ["01_a", "02_b", "04_d", "extra"]);
});

Deno.test("findNotebooks() takes numbers, names and paths, in the order asked for", async () => {
  assert.deepEqual(await names(["4", "02", "extra", "01_a.ipynb"]), ["04_d", "02_b", "extra", "01_a"]);
  assert.deepEqual(await names([join(folder, "04_d.ipynb")]), ["04_d"]);
  const elsewhere = join(folder, "elsewhere", "01_a.ipynb");
  await Deno.mkdir(join(folder, "elsewhere"));
  await Deno.writeTextFile(elsewhere, "{}");
  assert.deepEqual(await findNotebooks([elsewhere], { folder }), [elsewhere]);
});

Deno.test("findNotebooks() lists what there is where one is not found", async () => {
  await assert.rejects(names(["7"]), /Cannot find the notebook "7": there are 01_a, 02_b, 04_d, extra in/);
});
