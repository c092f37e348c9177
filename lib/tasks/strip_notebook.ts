import { type Notebook, type NotebookCell, sourceOf } from "./notebook_file.ts";
import { kernelDisplayName, kernelName } from "./setup/kernel.ts";

/** What a committed notebook says about its kernel: what a viewer needs, and nothing that differs between machines. */
export const committedMetadata = {
  kernelspec: { display_name: kernelDisplayName, language: "typescript", name: kernelName },
  language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
};

/** The notebook as it is committed: without outputs, counts and what frontends leave behind. */
export function stripNotebook(notebook: Notebook): Notebook {
  return { ...notebook, cells: notebook.cells.map(stripCell), metadata: committedMetadata };
}

function stripCell(cell: NotebookCell): NotebookCell {
  const { tags } = cell.metadata;
  const metadata = Array.isArray(tags) && tags.length > 0 ? { tags } : {};
  const source = sourceOf(cell).match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const bare = { ...cell, metadata, source };
  return cell.cell_type === "code" ? { ...bare, outputs: [], execution_count: null } : bare;
}

/** The text of a notebook file in Jupyter's own layout: keys in the order of the alphabet, indented by one. */
export function notebookText(notebook: Notebook): string {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
      : value;
  return JSON.stringify(notebook, sorted, 1) + "\n";
}
