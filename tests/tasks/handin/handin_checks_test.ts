import assert from "node:assert/strict";
import { join } from "node:path";
import { checkExercise, writeEvidence } from "curio";
import { testImagesOf } from "../../../lib/tasks/grading/test_images.ts";
import { exercisesIn } from "../../../lib/tasks/handin/exercises_in.ts";
import { fileChecks, notebookChecks, reportCheck } from "../../../lib/tasks/handin/handin_checks.ts";
import { runFaults } from "../../../lib/tasks/handin/run_faults.ts";
import { notebookText, stripNotebook } from "../../../lib/tasks/strip_notebook.ts";
import { recordingScreen } from "../../report/samples.ts";
import { inFolder } from "../small_notebook.ts";
import { executedNotebook, pixels, said, threeOfFour, writeRun } from "./executed.ts";

Deno.test("runFaults() finds nothing wrong with a run in order, and everything else", () => {
  const [first, second] = [{ source: "const a = 1;" }, { source: "await show(a);", outputs: [said("1")] }];
  const executed = executedNotebook([first, second]);
  const source = stripNotebook(executed);
  assert.deepEqual(runFaults(source, executed), []);

  const count = (counts: (number | null)[]) => ({
    ...executed,
    cells: executed.cells.map((cell, index) => index === 0 ? cell : { ...cell, execution_count: counts[index - 1] }),
  });
  assert.match(runFaults(source, count([2, 1]))[0], /code cell 1 was executed as number 2/);
  assert.match(runFaults(source, count([3, 4]))[0], /code cell 1 was executed as number 3/);
  assert.match(runFaults(source, count([1, null]))[0], /code cell 2 was not executed/);
  assert.match(
    runFaults(stripNotebook(executedNotebook([first, { source: "b;" }])), executed)[0],
    /code cell 2 was changed/,
  );
  assert.match(
    runFaults(stripNotebook(executedNotebook([first])), executed)[0],
    /it has 1 cells with code, and 2 were/,
  );
  const error = { output_type: "error", ename: "TypeError", evalue: "no such layer" };
  const broken = executedNotebook([first, { ...second, outputs: [error] }]);
  assert.deepEqual(runFaults(source, broken), ["code cell 2 ended in an error: no such layer"]);
});

Deno.test("exercisesIn() reads what checkExercise() left in the executed notebook", async () => {
  const screen = recordingScreen();
  const expects = {
    "it is even": (answer: number) => answer % 2 === 0,
    "it is small": (answer: number) => answer < 10,
  };
  for (const answer of [undefined, 12, 4]) await checkExercise<number>("A. Even", { answer, expects, screen });
  const outputs = screen.outputs.map(({ data, metadata = {} }) => ({ output_type: "display_data", data, metadata }));
  assert.deepEqual(
    exercisesIn(executedNotebook([{ source: "…", outputs }, { source: "…", outputs: [said("done")] }])),
    [
      { exercise: "A. Even", state: "to do", held: 0, of: 2 },
      { exercise: "A. Even", state: "not yet", held: 1, of: 2 },
      { exercise: "A. Even", state: "done", held: 2, of: 2 },
    ],
  );
});

const claim = (value: number) => ({ metrics: { testAccuracy: { value, tolerance: 0.01 } } });

/** Checks a notebook whose model was right on three images of four. */
async function check(work: (reports: string) => Promise<void> = () => Promise.resolve(), value = 0.75) {
  let checks: Awaited<ReturnType<typeof notebookChecks>> = [];
  await inFolder(async (folder) => {
    const [reports, name] = [join(folder, "reports"), "01_baseline_cnn"];
    await Deno.mkdir(reports);
    const exercise = { curio_exercise: { exercise: "A. Even", state: "to do", held: 0, of: 2 } };
    const cells = [{ source: "…", outputs: [said("○ A. Even: to do", exercise)] }];
    const executed = await writeRun(reports, { name, cells, metrics: claim(value) });
    const path = join(folder, `${name}.ipynb`);
    await Deno.writeTextFile(path, notebookText(stripNotebook(executed)));
    await writeEvidence(name, { folder: reports, test: pixels.test, accuracy: { testAccuracy: [threeOfFour] } });
    await work(reports);
    checks = await notebookChecks([path], { reports, testImagesOf: () => testImagesOf(pixels) });
  });
  return { run: checks[0], metrics: checks[1], exercises: checks[2] };
}

Deno.test("notebookChecks() passes an honest run, and tells the exercises that are not done", async () => {
  const { run, metrics, exercises } = await check();
  assert.deepEqual([run.passed, metrics.passed], [true, true]);
  assert.deepEqual(exercises.faults, ["A. Even: to do"]);
});

Deno.test("notebookChecks() finds metrics that were changed after the run", async () => {
  const { run, metrics } = await check(async (reports) => {
    const path = join(reports, "01_baseline_cnn.metrics.json");
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("0.75", "0.95"));
  });
  assert.ok(run.passed);
  assert.deepEqual(metrics.faults, [
    "testAccuracy is 0.95 in the metrics file, and 0.75 in the notebook",
    "testAccuracy is 0.95 in the metrics file, and 0.75 by its own predictions",
  ]);
});

Deno.test("notebookChecks() finds metrics that the notebook itself made better", async () => {
  const { metrics } = await check(undefined, 0.95);
  assert.deepEqual(metrics.faults, ["testAccuracy is 0.95 in the metrics file, and 0.75 by its own predictions"]);
});

Deno.test("notebookChecks() tells what is missing or damaged, and how to get it", async () => {
  const gone = await check((reports) => Deno.remove(join(reports, "01_baseline_cnn.ipynb")));
  assert.deepEqual(gone.run.faults, ["it has not been executed"]);
  assert.equal(gone.run.remedy, "deno task notebooks 01_baseline_cnn");
  const bare = await check((reports) => Deno.remove(join(reports, "01_baseline_cnn.metrics.json")));
  assert.deepEqual(bare.metrics.faults, ["there is no 01_baseline_cnn.metrics.json"]);
  const damaged = await check((reports) => Deno.writeTextFile(join(reports, "01_baseline_cnn.evidence.json.gz"), "no"));
  assert.match(damaged.metrics.faults[0], /^01_baseline_cnn\.evidence\.json\.gz cannot be read/);
});

Deno.test("reportCheck() asks for a report with the author's own text", () => {
  assert.ok(reportCheck({ unwritten: [] }).passed);
  assert.deepEqual(reportCheck({ unwritten: ["limits"] }).faults, ["nothing of yours in <!-- yours: limits -->"]);
  assert.deepEqual(reportCheck({ fault: "line 3" }).faults, ["line 3"]);
});

Deno.test("fileChecks() finds data among the sources, and too much of anything", () => {
  const files = [{ path: "a.ipynb", content: new Uint8Array(2_000_000) }];
  assert.deepEqual(fileChecks({ files, leftOut: [] }, { limit: 3e6 }).map(({ passed }) => passed), [true, true]);
  const [sizes, data] = fileChecks({ files, leftOut: [{ path: "notebooks/cat.jpg", bytes: 3e6 }] }, { limit: 1e6 });
  assert.deepEqual(sizes.faults, ["all together have 2 MB"]);
  assert.deepEqual(data.faults, ["notebooks/cat.jpg (3 MB) would be left out"]);
});
