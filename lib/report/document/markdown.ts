import { plainText } from "../markup.ts";

/** `text` as it stands in a line of Markdown, meaning nothing but itself. */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/[\\`*[\]<>|&~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
    .replace(/^(\s*)(#{1,6} |[+-] )/, "$1\\$2") // at the beginning of a line, a heading or a list
    .replace(/^(\s*\d+)([.)] )/, "$1\\$2");
}

/** A column of a {@linkcode markdownTable}. */
export interface MarkdownColumn<Row> {
  readonly title: string;
  /** What stands in a cell. */
  readonly of: (row: Row) => string;
  /** Numbers stand on the right. */
  readonly numeric?: boolean;
}

/** A table in Markdown, its columns as wide as what is in them; empty without rows. */
export function markdownTable<Row>(rows: readonly Row[], columns: readonly MarkdownColumn<Row>[]): string {
  if (rows.length === 0) return "";
  const cells = columns.map(({ title, of }) => [title, ...rows.map(of)].map((cell) => escapeMarkdown(cell) || " "));
  const widths = cells.map((column) => Math.max(3, ...column.map((cell) => cell.length)));
  const line = (parts: readonly string[]) => `| ${parts.join(" | ")} |`;
  const rule = columns.map(({ numeric }, place) =>
    numeric ? `${"-".repeat(widths[place] - 1)}:` : "-".repeat(widths[place])
  );
  const filled = (index: number) =>
    cells.map((column, place) =>
      columns[place].numeric ? column[index].padStart(widths[place]) : column[index].padEnd(widths[place])
    );
  return [line(filled(0)), line(rule), ...rows.map((_, index) => line(filled(index + 1)))].join("\n");
}

/** A list, one item a sentence. */
export function markdownList(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`).join("\n");
}
