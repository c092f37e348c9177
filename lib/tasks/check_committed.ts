import { basename, join, relative } from "node:path";
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
    if (!await isFormatted(path)) faults.push("it is not formatted. Run `deno task strip`.");
    if (faults.length > 0) failed++;
    for (const fault of faults) say(`${relative(Deno.cwd(), path)}: ${fault}`);
  }
  say(`${notebooks.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** Formats a copy and compares: `deno fmt --check` of Deno 2.9.6 refuses notebooks that it would leave as they are. */
async function isFormatted(path: string): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const copy = join(folder, basename(path));
    await Deno.copyFile(path, copy);
    const config = join(projectRoot, "deno.json");
    const { code } = await runCommand([Deno.execPath(), "fmt", "--quiet", "--config", config, copy], { cwd: folder });
    return code === 0 && await Deno.readTextFile(copy) === await Deno.readTextFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
