import assert from "node:assert/strict";
import { join } from "node:path";
import { gradeClass, type GradedOutcome } from "../../../lib/tasks/grading/grade_class.ts";
import { findIsolation } from "../../../lib/tasks/grading/isolation.ts";
import { Rubric } from "../../../lib/tasks/grading/rubric.ts";
import { findSubmissions } from "../../../lib/tasks/grading/submission_files.ts";
import { zipFiles } from "../../../lib/tasks/handin/zip_files.ts";
import { inFolder, smallNotebook } from "../small_notebook.ts";
import { testImages } from "./sample_record.ts";

// With cells that need no library, a kernel is there in a second. The twelve that are worth grading are in
// tests/drills/grade_class.ts.

const isolation = await findIsolation();
const skipped = isolation.kind === "bubblewrap" ? "" : ` (skipped: ${isolation.reason})`;
const requirement = { requirement: "it runs", needs: [{ need: "passes", points: 10, notebook: "01_small" }] };
const rubric = Rubric.parse({ title: "Small", requirements: [requirement] });

async function handIn(folder: string, name: string, cells: string[]): Promise<void> {
  const notebooks = join(folder, name, "notebooks");
  await Deno.mkdir(notebooks, { recursive: true });
  await smallNotebook(notebooks, { name: "01_small", markdown: ["What I found."], cells });
}

const summaryOf = (outcome: GradedOutcome) => {
  if ("fault" in outcome) return [outcome.submission.name, outcome.fault];
  const { verdict: { total, cause }, known } = outcome;
  return [outcome.submission.name, total, cause, known];
};

Deno.test({
  name: `gradeClass() grades each submission once, and again when it has changed${skipped}`,
  ignore: isolation.kind === "plain",
  async fn() {
    await inFolder(async (folder) => {
      const handedIn = join(folder, "class");
      await handIn(handedIn, "fails", ["const one = 1;", 'throw new Error("oh <b>no</b>");', "one;"]);
      await handIn(handedIn, "fine", ["const seed = Deno.env.get('CURIO_SEED');", "console.log(seed);"]);
      await handIn(handedIn, "syntax", ["const three = 3;", "const four = ;"]);
      const zip = join(handedIn, "torn.zip");
      await Deno.writeTextFile(zip, "PK");
      const submissions = await findSubmissions([handedIn]);
      const stages: string[] = [];
      const grade = async () =>
        await gradeClass(submissions, {
          ...{ isolation, rubric, testImages, output: join(folder, "grades"), library: "pristine", all: false },
          ...{ profile: "smoke", seed: 7, lanes: [{ number: 0, cores: [0] }] },
          limits: { seconds: 60, memory: 2e9, processes: 64, disk: 1e8 },
          onStage: ({ name }) => stages.push(name),
        });
      const first = await grade();
      assert.deepEqual(first.map(summaryOf), [
        ["fails", 0, "cell-failed", false],
        ["fine", 10, "sound", false],
        ["syntax", 0, "syntax-error", false],
        ["torn", 0, "does-not-start", false],
      ]);
      const [fails, fine, syntax] = first.map((outcome) => "result" in outcome ? outcome.result.record : undefined);
      const [broken] = fails!.reruns[0].notebooks;
      assert.deepEqual([broken.cell, broken.of, broken.error.split("\n")[0]], [2, 3, "Error: oh <b>no</b>"]);
      assert.deepEqual(fine!.reruns.map(({ seed }) => seed), [7, 8]);
      assert.deepEqual(fine!.markdown, [{ file: "01_small.ipynb", cell: 1, text: "What I found." }]);
      assert.equal(syntax!.reruns[0].notebooks[0].cell, 2);

      stages.length = 0;
      const cells = [{ cell_type: "code", metadata: {}, source: 'import { two } from "nowhere";', outputs: [] }];
      const notebook = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
      const content = new TextEncoder().encode(notebook);
      await Deno.writeFile(zip, zipFiles([{ path: "torn/notebooks/01_small.ipynb", content }]));
      assert.deepEqual((await grade()).map(summaryOf), [
        ["fails", 0, "cell-failed", true],
        ["fine", 10, "sound", true],
        ["syntax", 0, "syntax-error", true],
        ["torn", 0, "does-not-start", false],
      ]);
      assert.deepEqual([...new Set(stages)], ["torn"]);
    });
  },
});
