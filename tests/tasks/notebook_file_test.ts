import assert from "node:assert/strict";
import { join } from "node:path";
import { codeOf, notebookName, readNotebook } from "../../lib/tasks/notebook_file.ts";

async function withFile(text: string, work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "a.ipynb"), text);
    await work(join(folder, "a.ipynb"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readNotebook() reads sources kept as text and as lines; codeOf() counts cells that hold code", async () => {
  const cells = [
    { cell_type: "markdown", source: "# Why", metadata: {} },
    { cell_type: "code", source: ["const a = 1;\n", "a;"], metadata: {}, outputs: [], execution_count: 1 },
    { cell_type: "code", source: "  ", metadata: {}, outputs: [], execution_count: null },
    { cell_type: "code", source: "b;", metadata: {}, outputs: [], execution_count: null },
  ];
  await withFile(JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }), async (path) => {
    assert.deepEqual(codeOf(await readNotebook(path)), ["const a = 1;\na;", "b;"]);
    assert.equal(notebookName(path), "a");
  });
});

Deno.test("readNotebook() refuses what is no JSON, with the file and the place", async () => {
  await withFile('{"cells": [', async (path) => {
    await assert.rejects(readNotebook(path), (error: Error) => {
      assert.ok(error instanceof SyntaxError && error.message.includes(path));
      return /it is not JSON/.test(error.message);
    });
  });
});

Deno.test("readNotebook() refuses JSON that is no notebook, with the field that is wrong", async () => {
  await withFile(
    '{"cells": [{"cell_type": "cod"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    async (path) => {
      await assert.rejects(readNotebook(path), /not a notebook of format 4: cells\.0\.cell_type/);
    },
  );
  await withFile('{"worksheets": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}', async (path) => {
    await assert.rejects(readNotebook(path), /not a notebook of format 4/);
  });
});
