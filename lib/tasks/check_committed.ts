import { relative } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";
import { runCommand } from "./command.ts";
import { committedFaults } from "./committed_faults.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { readNotebook } from "./notebook_file.ts";
import { say } from "./terminal.ts";

/** Looks at the notebooks as they would be committed. Only CI asks: a student may save a notebook that was run. */
export async function run(names: readonly string[]): Promise<number> {
  const notebooks = await findNotebooks(names, { all: true });
  let failed = 0;
  for (const path of notebooks) {
    const faults = committedFaults(await readNotebook(path));
    const { code } = await runCommand([Deno.execPath(), "fmt", "--check", path], { cwd: projectRoot });
    if (code !== 0) faults.push("it is not formatted. Run `deno task strip`.");
    if (faults.length > 0) failed++;
    for (const fault of faults) say(`${relative(Deno.cwd(), path)}: ${fault}`);
  }
  say(`${notebooks.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}
