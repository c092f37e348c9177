import type { Notebook } from "../../lib/tasks/notebook_file.ts";

const kinds = ["log", "display", "value"];

/** Cells that each print, display and end in a value, all numbered. */
export function cellsWithThreeOutputs(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    [
      `console.log("log ${i}.");`,
      `await Deno.jupyter.display({ "text/plain": "display ${i}." }, { raw: true });`,
      `"value ${i}."`,
    ].join("\n"));
}

/** Those outputs that an executed notebook lacks: `value 3`. */
export function outputsLost({ cells }: Notebook): string[] {
  return cells.flatMap(({ outputs }, i) => {
    const text = JSON.stringify(outputs);
    return kinds.map((kind) => `${kind} ${i}`).filter((output) => !text.includes(`${output}.`));
  });
}
