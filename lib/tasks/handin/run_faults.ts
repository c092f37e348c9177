import { isDeepStrictEqual } from "node:util";
import { codeOf, type Notebook, sourceOf } from "../notebook_file.ts";

/**
 * Why an executed notebook is not what comes of running `source` from its first cell to its last in a fresh kernel, in
 * sentences; none if it is. Cells with code are counted from 1.
 */
export function runFaults(source: Notebook, executed: Notebook): string[] {
  const faults: string[] = [];
  const [wanted, found] = [codeOf(source), codeOf(executed)];
  if (!isDeepStrictEqual(wanted, found)) {
    const place = wanted.findIndex((code, index) => code !== found[index]);
    faults.push(
      wanted.length !== found.length
        ? `it has ${wanted.length} cells with code, and ${found.length} were executed`
        : `code cell ${place + 1} was changed since it was executed`,
    );
  }
  const cells = executed.cells.filter((cell) => cell.cell_type === "code" && sourceOf(cell).trim() !== "");
  const outOfOrder = cells.findIndex(({ execution_count }, index) => execution_count !== index + 1);
  if (outOfOrder >= 0) {
    const count = cells[outOfOrder].execution_count;
    faults.push(
      typeof count === "number"
        ? `code cell ${outOfOrder + 1} was executed as number ${count}: not in order, or not in a fresh kernel`
        : `code cell ${outOfOrder + 1} was not executed`,
    );
  }
  cells.forEach(({ outputs = [] }, index) => {
    const error = outputs.find(({ output_type }) => output_type === "error");
    if (error) faults.push(`code cell ${index + 1} ended in an error: ${String(error.evalue ?? error.ename ?? "")}`);
  });
  return faults;
}
