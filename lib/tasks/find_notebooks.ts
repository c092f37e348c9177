import { join, resolve } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";
import { notebookName } from "./notebook_file.ts";
import { SetupError } from "./setup/step.ts";

/** The notebooks that belong to every run. */
const core = /^0[1-3]_/;

export interface FindNotebooksOptions {
  /** Every notebook of the folder, not the core alone. */
  readonly all?: boolean;
  readonly folder?: string;
}

/**
 * The paths of the notebooks meant by `names`, in order: each a number (`02`), a name, or a path; without names the core
 * ones, or all.
 *
 * @throws {SetupError} that lists what there is, if one is not found
 */
export async function findNotebooks(
  names: readonly string[],
  { all = false, folder = join(projectRoot, "notebooks") }: FindNotebooksOptions = {},
): Promise<string[]> {
  const present = await notebooksIn(folder);
  if (names.length === 0) return present.filter((path) => all || core.test(notebookName(path)));
  return await Promise.all(names.map(async (name) => {
    const isPath = name.includes("/");
    const known = present.find((path) => !isPath && isMeant(notebookName(path), name));
    if (known !== undefined) return known;
    if (name.endsWith(".ipynb") && await Deno.stat(name).then(() => true, () => false)) return resolve(name);
    throw new SetupError(
      `Cannot find the notebook "${name}": there are ${present.map(notebookName).join(", ") || "none"} in ${folder}.`,
    );
  }));
}

/** Whether `wanted` (`4`, `04`, `04_query`, `04_query.ipynb`) means the notebook called `name`. */
function isMeant(name: string, wanted: string): boolean {
  return name === notebookName(wanted) || /^\d+$/.test(wanted) && name.startsWith(`${wanted.padStart(2, "0")}_`);
}

async function notebooksIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) if (isFile && name.endsWith(".ipynb")) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort().map((name) => join(folder, name));
}
