/**
 * Twelve submissions, right and wrong, graded by the task as it is run by a person: each must get its verdict, and the
 * machine must be as it was. Needs Bubblewrap; without it nothing is run, for one of them deletes what it can.
 *
 *     deno run -A tests/drills/grade_class.ts [--twice]
 *
 * One of them loops until its three minutes are over, the others take seconds on an idle machine. --twice grades them
 * again from nothing and wants the same verdicts.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { findIsolation } from "../../lib/tasks/grading/isolation.ts";
import { lanesThatFit } from "../../lib/tasks/grading/grade_class.ts";
import { reExecute } from "../../lib/tasks/grading/re_execute.ts";
import { projectRoot } from "../../lib/runtime/project_root.ts";
import {
  madeUpNotebook,
  madeUpRubric,
  type MadeUpSubmission,
  madeUpSubmissions,
} from "../tasks/grading/made_up_submissions.ts";
import { smallNotebook } from "../tasks/small_notebook.ts";

const isolation = await findIsolation();
assert.equal(isolation.kind, "bubblewrap", "This drill needs Bubblewrap.");

const folder = await Deno.makeTempDir();
const outside = join(folder, "outside");
await Deno.mkdir(outside);
await Deno.writeTextFile(join(outside, "canary"), "alive");
const submissions = madeUpSubmissions(outside);
for (const submission of submissions) await handIn(submission);
const rubric = join(folder, "rubric.json");
await Deno.writeTextFile(rubric, JSON.stringify(madeUpRubric));

const before = processes();
const rounds = Deno.args.includes("--twice") ? 2 : 1;
for (let round = 1; round <= rounds; round++) {
  const verdicts = await grade(join(folder, `grades-${round}`));
  for (const { name, cause } of submissions) {
    assert.equal(verdicts.get(name), cause, `${name} is ${verdicts.get(name)}`);
  }
}
assert.equal(await Deno.readTextFile(join(outside, "canary")), "alive");
assert.ok(processes() <= before + 5, "processes were left behind");
console.log(`All ${submissions.length} got their verdicts, and the machine is as it was.`);
await Deno.remove(folder, { recursive: true });

/** As a student does: runs it, and hands in what it wrote, or something better. */
async function handIn({ name, cells, withReports, claims }: MadeUpSubmission): Promise<void> {
  const own = join(folder, "class", name);
  const notebooks = join(own, "notebooks");
  await Deno.mkdir(notebooks, { recursive: true });
  await smallNotebook(notebooks, { name: madeUpNotebook, cells: [...cells] });
  if (!withReports) return;
  const limits = { seconds: 300, memory: 4e9, processes: 64, disk: 3e8 };
  const work = await Deno.makeTempDir({ dir: folder });
  const { rerun, reports } = await reExecute([{ name: madeUpNotebook, cells }], {
    ...{ isolation, limits, lane: lanesThatFit(1, { limits })[0], work, notebooks, seed: 1, profile: "smoke" },
  });
  assert.equal(rerun.notebooks[0].outcome, "passed", `${name}: ${rerun.notebooks[0].error}`);
  await Deno.rename(reports, join(own, "reports"));
  if (claims === undefined) return;
  const path = join(own, "reports", `${madeUpNotebook}.metrics.json`);
  const metrics = JSON.parse(await Deno.readTextFile(path));
  metrics.metrics.testAccuracy.value = claims;
  await Deno.writeTextFile(path, JSON.stringify(metrics));
}

/** @returns the cause of each submission, out of grades.csv */
async function grade(output: string): Promise<Map<string, string>> {
  const limits = ["--minutes", "3", "--memory", "3", "--processes", "64", "--disk", "0.3"];
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", join(projectRoot, "lib/tasks/main.ts"), "grade", join(folder, "class")],
      ...["--rubric", rubric, "--output", output, "--jobs", "1", ...limits],
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  assert.equal(code, 0);
  const [, ...lines] = (await Deno.readTextFile(join(output, "grades.csv"))).trim().split("\n");
  return new Map(lines.map((line) => line.split(",")).map(([name, cause]) => [name, cause]));
}

function processes(): number {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).length;
}
