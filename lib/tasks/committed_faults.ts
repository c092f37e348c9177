import { kernelName } from "./setup/kernel.ts";
import { type Notebook, sourceOf } from "./notebook_file.ts";
import { bareLastExpression } from "./bare_last_expression.ts";

/** The longest cell that still reads as one thought. */
const mostLines = 12;

/** What a notebook may not be committed with, each with the way out. */
export function committedFaults(notebook: Notebook): string[] {
  const faults: string[] = [];
  const name = notebook.metadata.kernelspec?.name;
  if (name !== kernelName) {
    faults.push(
      `its kernel must be "${kernelName}": current value is ${JSON.stringify(name)}. Run \`deno task strip\`.`,
    );
  }
  notebook.cells.filter(({ cell_type }) => cell_type === "code").forEach((cell, index) => {
    const where = `code cell ${index + 1}`;
    if ((cell.outputs ?? []).length > 0 || (cell.execution_count ?? null) !== null) {
      faults.push(`${where} has outputs or a count. Run \`deno task strip\`.`);
    }
    const lines = sourceOf(cell).trimEnd().split("\n").length;
    if (lines > mostLines) {
      faults.push(
        `${where} has ${lines} lines, and ${mostLines} are the most. Move what it does into lib, or part it.`,
      );
    }
    const bare = bareLastExpression(sourceOf(cell));
    if (bare !== undefined) {
      faults.push(`${where} ends in a bare value, which the kernel may lose: ${bare}. Write \`await show(…)\`.`);
    }
  });
  return faults;
}
