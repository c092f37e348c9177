import type { NotebookCell } from "../notebook_file.ts";

/** A piece of an output by its media type, however its lines are kept. */
export function outputText(
  { data }: NonNullable<NotebookCell["outputs"]>[number],
  type: string,
): string | undefined {
  const piece = typeof data === "object" && data !== null ? Reflect.get(data, type) : undefined;
  if (Array.isArray(piece)) return piece.join("");
  return typeof piece === "string" ? piece : undefined;
}
