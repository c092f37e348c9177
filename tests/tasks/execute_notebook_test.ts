import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { executeNotebook } from "../../lib/tasks/execute_notebook.ts";
import { readNotebook } from "../../lib/tasks/notebook_file.ts";
import { thisSite, venvPath } from "../../lib/tasks/setup/site.ts";
import { inFolder, smallNotebook } from "./small_notebook.ts";
import { cellsWithThreeOutputs, outputsLost } from "./three_outputs.ts";

const notSetUp = !existsSync(venvPath(thisSite(), "share", "jupyter", "kernels", "curio"));

/** A test that needs the kernel, and says so where there is none. */
function kernelTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: notSetUp ? `${name} (skipped: run \`deno task setup\`)` : name, ignore: notSetUp, fn });
}

/** Executes these cells, with time enough unless told otherwise. */
async function execute(cells: string[], { cellSeconds = 60, notebookSeconds = 120, markdown = [] as string[] } = {}) {
  return await inFolder(async (folder) => {
    const notebook = await smallNotebook(folder, { cells, markdown });
    const reports = join(folder, "reports");
    const started: number[] = [];
    const run = await executeNotebook(notebook, {
      reports,
      cellSeconds,
      notebookSeconds,
      onCell: (number) => started.push(number),
    });
    return {
      run,
      started,
      executed: await readNotebook(join(reports, "small.ipynb")),
      page: await Deno.readTextFile(join(reports, "small.html")),
    };
  });
}

kernelTest("executeNotebook() loses no output: 60 cells, three of each, three times over", async () => {
  for (let time = 0; time < 3; time++) {
    const { run, executed } = await execute(cellsWithThreeOutputs(60), { notebookSeconds: 300 });
    assert.equal(run.outcome, "passed");
    assert.deepEqual(outputsLost(executed), []);
    assert.ok(
      executed.cells.every(({ outputs, execution_count }, i) => outputs?.length === 3 && execution_count === i + 1),
    );
  }
});

kernelTest(
  "executeNotebook() writes a page that asks nothing of any server, formulas and pictures included",
  async () => {
    const markdown = ["# Cost: $5\n\nThe entropy $H(p)$ is `$p$`\n\n$$H = -\\sum_i p_i \\log p_i$$"];
    const { page, run, started } = await execute(['console.log("<b>seen</b>");', 'console.log("again");'], {
      markdown,
    });
    assert.equal(run.outcome, "passed");
    assert.deepEqual(started, [1, 2]);
    assert.ok(run.seconds > 0 && run.peak > 50e6 && run.of === 2);
    assert.doesNotMatch(page, /<script/);
    const addresses = [...page.matchAll(/https?:\/\/[^\s"'<>)]+/g)].map(([address]) => address);
    assert.deepEqual([...new Set(addresses)], ["http://www.w3.org/1998/Math/MathML"]); // the name of a vocabulary
    assert.equal(page.match(/<math /g)?.length, 2);
    assert.match(page, /<code>\$p\$<\/code>/);
    assert.match(page, /&lt;b&gt;seen/);
  },
);

kernelTest("executeNotebook() stops at the first error, with the cell and the message", async () => {
  const { run, started, executed } = await execute([
    "const a = 1;",
    'function f() { throw new RangeError("a is too small"); }\nf();',
    'console.log("never");',
  ]);
  assert.deepEqual([run.outcome, run.cell, run.message, started], ["failed", 2, "a is too small", [1, 2]]);
  assert.match(run.trace, /^RangeError: a is too small/);
  assert.equal(executed.cells[2].outputs?.length, 0);
});

kernelTest("executeNotebook() ends a cell that takes too long, and a notebook that does", async () => {
  const endless = await execute(["while (true);"], { cellSeconds: 2 });
  assert.deepEqual([endless.run.outcome, endless.run.cell], ["timeout", 1]);
  assert.match(endless.run.message, /the cell takes longer than 2\.0 s/);
  const wait = "await new Promise((resolve) => setTimeout(resolve, 1500));";
  const long = await execute([wait, wait, wait], { notebookSeconds: 3 });
  assert.match(long.run.message, /the notebook takes longer than 3\.0 s/);
});

kernelTest("executeNotebook() reports a kernel that dies and how, and does not wait for it", async () => {
  const exited = await execute(["Deno.exit(3);"]);
  assert.deepEqual([exited.run.outcome, exited.run.message], ["died", "the kernel ended with exit code 3"]);
  const killed = await execute(['Deno.kill(Deno.pid, "SIGKILL");\nwhile (true);']);
  assert.match(killed.run.message, /killed \(SIGKILL\): most likely the machine ran out of memory/);
});

kernelTest("executeNotebook() calls a notebook that cannot run here skipped, never passed", async () => {
  const { run } = await execute([
    'throw Object.assign(new Error("needs the photos of foxes"), { name: "NotebookSkipped" });',
    'console.log("never");',
  ]);
  assert.deepEqual([run.outcome, run.message], ["skipped", "needs the photos of foxes"]);
});
