import type { Notebook, NotebookCell } from "./notebook_file.ts";
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
  return cell.cell_type === "code" ? { ...cell, metadata, outputs: [], execution_count: null } : { ...cell, metadata };
}

/** The text of a notebook file, in Jupyter's own layout. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(notebook, null, 1) + "\n";
}
