import assert from "node:assert/strict";
import { committedFaults } from "../../lib/tasks/committed_faults.ts";
import type { Notebook } from "../../lib/tasks/notebook_file.ts";
import { committedMetadata, notebookText, stripNotebook } from "../../lib/tasks/strip_notebook.ts";

const code = (source: string) => ({
  cell_type: "code" as const,
  source,
  metadata: {},
  outputs: [],
  execution_count: null,
});
const notebook = (...cells: Notebook["cells"]): Notebook => ({
  cells,
  metadata: committedMetadata,
  nbformat: 4,
  nbformat_minor: 5,
});

Deno.test("committedFaults() finds none in a clean notebook", () => {
  const clean = notebook({ cell_type: "markdown", source: ["# Why\n"], metadata: {} }, code("await show(a);"));
  assert.deepEqual(committedFaults(clean), []);
});

Deno.test("committedFaults() names outputs, counts, long cells, bare values and another kernel, with the way out", () => {
  const faulty = {
    ...notebook(
      { ...code("const a = 1;"), outputs: [{ output_type: "stream" }] },
      { ...code("const a = 1;"), execution_count: 3 },
      code("const a = 1;\n".repeat(13)),
      code("a;"),
    ),
    metadata: { kernelspec: { name: "deno" } },
  };
  const faults = committedFaults(faulty);
  assert.equal(faults.length, 5);
  assert.match(faults[0], /must be "curio": current value is "deno"\. Run `deno task strip`/);
  assert.match(faults[1], /code cell 1 has outputs/);
  assert.match(faults[2], /code cell 2 has outputs or a count/);
  assert.match(faults[3], /code cell 3 has 13 lines, and 12 are the most/);
  assert.match(faults[4], /code cell 4 ends in a bare value.*: a;.*await show/);
});

Deno.test("stripNotebook() leaves nothing that a run put there, and keeps sources, tags and identities", () => {
  const run: Notebook = {
    ...notebook({
      ...code("await show(a);"),
      id: "a1",
      metadata: { tags: ["exercise"], execution: { "shell.execute_reply": "x" }, collapsed: true },
      outputs: [{ output_type: "stream" }],
      execution_count: 7,
    }),
    metadata: { kernelspec: { name: "deno" }, language_info: { name: "typescript", version: "6" } },
  };
  const stripped = stripNotebook(run);
  const expected = {
    ...code("await show(a);"),
    source: ["await show(a);"],
    id: "a1",
    metadata: { tags: ["exercise"] },
  };
  assert.deepEqual(stripped, notebook(expected));
  assert.deepEqual(committedFaults(stripped), []);
  assert.deepEqual(stripNotebook(stripped), stripped);
});

Deno.test("notebookText() writes what Jupyter would write: keys sorted, lines apart", () => {
  const text = notebookText(stripNotebook(notebook({ ...code("a();\n\nb();\n"), id: "a1" })));
  assert.ok(text.startsWith(`{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "a1",
   "metadata": {},
   "outputs": [],
   "source": [
    "a();\\n",
    "\\n",
    "b();\\n"
   ]
  }
 ],
 "metadata": {`));
});
