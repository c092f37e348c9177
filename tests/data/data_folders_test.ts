import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { dataFolders } from "curio";
import { projectRoot } from "../../lib/runtime/project_root.ts";

Deno.test("dataFolders() are those of CURIO_DATA, in order, then the project's own", () => {
  const own = join(projectRoot, "data");
  const before = Deno.env.get("CURIO_DATA");
  try {
    Deno.env.set("CURIO_DATA", ["/one", "", "/two"].join(delimiter));
    assert.deepEqual(dataFolders(), ["/one", "/two", own]);
    Deno.env.delete("CURIO_DATA");
    assert.deepEqual(dataFolders(), [own]);
  } finally {
    if (before !== undefined) Deno.env.set("CURIO_DATA", before);
  }
});
