import { basename } from "node:path";
import { z } from "zod";

const lines = z.union([z.string(), z.array(z.string())]);

const cellSchema = z.looseObject({
  cell_type: z.enum(["code", "markdown", "raw"]),
  source: lines,
  metadata: z.looseObject({}),
  outputs: z.array(z.looseObject({ output_type: z.string() })).optional(),
  execution_count: z.number().nullable().optional(),
});

const notebookSchema = z.looseObject({
  cells: z.array(cellSchema),
  metadata: z.looseObject({ kernelspec: z.looseObject({ name: z.string() }).optional() }),
  nbformat: z.literal(4),
  nbformat_minor: z.number(),
});

/** A notebook file (nbformat 4), with all that it holds. */
export type Notebook = z.infer<typeof notebookSchema>;
export type NotebookCell = z.infer<typeof cellSchema>;

/**
 * Reads a notebook.
 *
 * @throws {SyntaxError} that names the file and the place, if it is no notebook
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await Deno.readTextFile(path);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: it is not JSON: ${(error as Error).message}`);
  }
  const parsed = notebookSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SyntaxError(
    `Cannot read ${path}: it is not a notebook of format 4: ${issue.path.join(".")}: ${issue.message}. ` +
      "Open it in JupyterLab and save it, or take it from git again.",
  );
}

/** The source of a cell, however its lines are kept. */
export function sourceOf({ source }: NotebookCell): string {
  return typeof source === "string" ? source : source.join("");
}

/** The sources of the cells with code, in order: what a person counts as cell 1, 2, 3. */
export function codeOf(notebook: Notebook): string[] {
  return notebook.cells.filter(({ cell_type }) => cell_type === "code").map(sourceOf)
    .filter((source) => source.trim() !== "");
}

/** `01_baseline_cnn` of `notebooks/01_baseline_cnn.ipynb`. */
export function notebookName(path: string): string {
  return basename(path, ".ipynb");
}
