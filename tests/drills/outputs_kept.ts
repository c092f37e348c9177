/**
 * Executes a notebook of 60 cells with three kinds of output each, many times over, and counts what is lost:
 *
 *     deno run -A tests/drills/outputs_kept.ts [TIMES]
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { executeNotebook } from "../../lib/tasks/execute_notebook.ts";
import { readNotebook } from "../../lib/tasks/notebook_file.ts";
import { inFolder, smallNotebook } from "../tasks/small_notebook.ts";
import { cellsWithThreeOutputs, outputsLost } from "../tasks/three_outputs.ts";

const times = Number(Deno.args[0] ?? 20);
let lost = 0;
for (let time = 1; time <= times; time++) {
  await inFolder(async (reports) => {
    const notebook = await smallNotebook(reports, { name: "source", cells: cellsWithThreeOutputs(60) });
    const run = await executeNotebook(notebook, {
      reports: join(reports, "out"),
      cellSeconds: 60,
      notebookSeconds: 600,
    });
    assert.equal(run.outcome, "passed");
    const missing = outputsLost(await readNotebook(join(reports, "out", "source.ipynb")));
    lost += missing.length;
    console.log(
      `${time} of ${times}: ${missing.length} of 180 lost in ${run.seconds.toFixed(1)} s ${missing.join(", ")}`,
    );
  });
}
assert.equal(lost, 0);
