/**
 * Submissions graded twice from nothing, the second time with one core alone, whose arithmetic rounds otherwise, as another
 * machine's does: verdicts and points must be the same.
 *
 *     deno run -A tests/drills/grade_twice.ts SUBMISSION… [options of deno task grade]
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import pl from "nodejs-polars";
import { projectRoot } from "../../lib/runtime/project_root.ts";

const folder = await Deno.makeTempDir();
const [first, second] = [await grade("first", "1"), await grade("second", `${navigator.hardwareConcurrency}`)];
assert.deepEqual(second, first);
console.log("The same verdicts and points:", first);
await Deno.remove(folder, { recursive: true });

/** Of each submission its cause and points, out of grades.csv; as many lanes as there are cores leave each one of them. */
async function grade(name: string, lanes: string): Promise<unknown[]> {
  const output = join(folder, name);
  const task = [join(projectRoot, "lib/tasks/main.ts"), "grade", ...Deno.args, "--output", output, "--jobs", lanes];
  const began = performance.now();
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...task],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  assert.equal(code, 0);
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  return pl.readCSV(join(output, "grades.csv")).drop("finding", "seconds").toRecords();
}
