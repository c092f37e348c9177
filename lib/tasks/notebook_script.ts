/** A place in a notebook; cells with code are counted from 1, as are lines. */
export interface CellPlace {
  readonly cell: number;
  readonly line: number;
}

/** A notebook's code as one module, for tools that read no notebooks. */
export interface NotebookScript {
  readonly text: string;
  /** Where each line of `text` comes from; `undefined` for lines that no cell holds. */
  readonly places: readonly (CellPlace | undefined)[];
}

const importStatement = /^import\s+[^"'()]*?from\s*["'][^"'\n]+["'];?|^import\s*["'][^"'\n]+["'];?/gm;

/**
 * The cells as one module. A cell may declare again what an earlier one declared, so each is a block inside the one
 * before it; import statements, which must stand at the top, are moved there. Paths in them are made absolute from
 * `base`, so that the module may lie anywhere.
 */
export function notebookScript(cells: readonly string[], { base }: { base: URL }): NotebookScript {
  const head: string[] = [];
  const headPlaces: CellPlace[] = [];
  const body: string[] = [];
  const bodyPlaces: (CellPlace | undefined)[] = [];
  cells.forEach((source, index) => {
    const cell = index + 1;
    const rest = source.replace(importStatement, (statement, offset: number) => {
      const firstLine = source.slice(0, offset).split("\n").length;
      statement.split("\n").forEach((line, i) => {
        head.push(line.replace(/(["'])(\.\.?\/[^"']*)\1/, (_, quote, path) => quote + new URL(path, base) + quote));
        headPlaces.push({ cell, line: firstLine + i });
      });
      return statement.replace(/[^\n]/g, " ");
    });
    body.push("{");
    bodyPlaces.push(undefined);
    rest.split("\n").forEach((line, i) => {
      body.push(line);
      bodyPlaces.push({ cell, line: i + 1 });
    });
  });
  return {
    // Without an import or export TypeScript would take it for a script, where await is no keyword.
    text: [...head, "export {};", ...body, "}".repeat(cells.length), ""].join("\n"),
    places: [...headPlaces, undefined, ...bodyPlaces],
  };
}
