import { join } from "node:path";
import { committedMetadata, notebookText } from "../../lib/tasks/strip_notebook.ts";

/** Writes a notebook with these code cells into `folder` and gives its path. */
export async function smallNotebook(
  folder: string,
  { name = "small", markdown = [], cells }: { name?: string; markdown?: string[]; cells: string[] },
): Promise<string> {
  const path = join(folder, `${name}.ipynb`);
  await Deno.writeTextFile(
    path,
    notebookText({
      cells: [
        ...markdown.map((source, index) => ({ cell_type: "markdown" as const, id: `m${index}`, source, metadata: {} })),
        ...cells.map((source, index) => ({
          cell_type: "code" as const,
          id: `c${index}`,
          source,
          metadata: {},
          outputs: [],
          execution_count: null,
        })),
      ],
      metadata: committedMetadata,
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  return path;
}

/** Gives `work` a folder of its own and takes it away afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "curio-tasks-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
