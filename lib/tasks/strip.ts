import { relative } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { lastLines, runCommand } from "./command.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { readNotebook } from "./notebook_file.ts";
import { notebookText, stripNotebook } from "./strip_notebook.ts";
import { say } from "./terminal.ts";

/** Clears the outputs of the notebooks (all, or those named) and formats them. */
export async function run(names: readonly string[]): Promise<number> {
  const notebooks = await findNotebooks(names, { all: true });
  for (const path of notebooks) {
    await writeFileAtomic(path, notebookText(stripNotebook(await readNotebook(path))));
    say(`${relative(Deno.cwd(), path)}: outputs cleared`);
  }
  if (notebooks.length === 0) return 0;
  const { code, stderr } = await runCommand([Deno.execPath(), "fmt", "--quiet", ...notebooks], { cwd: projectRoot });
  if (code !== 0) say(`Cannot format the notebooks:\n${lastLines(stderr)}`);
  return code;
}
