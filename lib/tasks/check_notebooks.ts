import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../runtime/project_root.ts";
import { lastLines, runCommand } from "./command.ts";
import { codeOf, notebookName, readNotebook } from "./notebook_file.ts";
import { type CellPlace, notebookScript } from "./notebook_script.ts";

/** Something wrong with the code of a notebook. */
export interface NotebookProblem {
  /** As it was given to {@linkcode checkNotebooks}. */
  readonly notebook: string;
  readonly place?: CellPlace;
  readonly message: string;
  /** The line that is wrong. */
  readonly source?: string;
}

/**
 * Type-checks the cells of notebooks, which the kernel never does: there a syntax error has no message, and a mistyped
 * name of an import is silently undefined.
 */
export async function checkNotebooks(notebooks: readonly string[]): Promise<NotebookProblem[]> {
  const problems: NotebookProblem[] = [];
  for (let left = notebooks; left.length > 0;) {
    const { found, stopped } = await checkTogether(left);
    problems.push(...found);
    if (!stopped) break;
    // A syntax error hides what is wrong in the other notebooks.
    const rest = left.filter((notebook) => !found.some((problem) => problem.notebook === notebook));
    if (rest.length === left.length) break; // it stands elsewhere, and would be found again
    left = rest;
  }
  return problems;
}

interface CheckOutcome {
  readonly found: NotebookProblem[];
  /** Whether the check ended at the first error, and there may be more. */
  readonly stopped: boolean;
}

async function checkTogether(notebooks: readonly string[]): Promise<CheckOutcome> {
  // Inside the project, where its packages are found, and where no formatter or linter looks.
  const folder = await Deno.makeTempDir({ dir: join(projectRoot, ".venv"), prefix: "check-" });
  try {
    const scripts = await Promise.all(notebooks.map(async (notebook, index) => {
      const base = new URL(pathToFileURL(await Deno.realPath(notebook)));
      const cells = codeOf(await readNotebook(notebook));
      const script = notebookScript(cells, { base });
      const path = join(folder, `${index}-${notebookName(notebook)}.ts`);
      await Deno.writeTextFile(path, script.text);
      return { ...script, notebook, cells, path, address: pathToFileURL(path).href };
    }));
    const { code, stderr } = await runCommand([Deno.execPath(), "check", ...scripts.map(({ path }) => path)], {
      cwd: projectRoot,
      env: { ...Deno.env.toObject(), NO_COLOR: "1" },
    });
    if (code === 0) return { found: [], stopped: false };
    const diagnostics = diagnosticsIn(stderr);
    if (diagnostics.length === 0) {
      const message = `the check ended with code ${code} and names no place:\n${lastLines(stderr)}`;
      return { found: [{ notebook: notebooks[0], message }], stopped: true };
    }
    const stopped = diagnostics.every(({ code }) => code === undefined);
    const found = diagnostics.flatMap(({ code, message, address, line }): NotebookProblem[] => {
      const script = scripts.find((script) => script.address === address);
      if (script === undefined) return [{ notebook: address, message: `${message} (line ${line})` }];
      // Two cells may import the same name; only here, in one module, is that an error.
      if (code === "TS2300" && line <= script.places.indexOf(undefined)) return [];
      const place = script.places[line - 1];
      const source = place && script.cells[place.cell - 1].split("\n")[place.line - 1];
      return [{ notebook: script.notebook, place, message, source }];
    });
    return { found, stopped };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `notebooks/01.ipynb, cell 3, line 2: …`, and the line itself below. */
export function problemText({ notebook, place, message, source }: NotebookProblem): string {
  const where = place === undefined ? notebook : `${notebook}, code cell ${place.cell}, line ${place.line}`;
  return `${where}: ${message}${source === undefined ? "" : `\n    ${source.trim()}`}`;
}

interface Diagnostic {
  /** Of a type error: `TS2305`. */
  readonly code?: string;
  readonly message: string;
  readonly address: string;
  readonly line: number;
}

/** What `deno check` prints: all type errors with their codes, or the one other error that it stopped at. */
function diagnosticsIn(output: string): Diagnostic[] {
  const errors = output.matchAll(
    /^(?:(TS\d+) \[ERROR\]|error): ((?:(?!^error: |^TS\d+ )[^])*?)\n {4}at (file:\S+):(\d+):\d+$/gm,
  );
  return [...errors].map(([, code, message, address, line]) => ({
    code,
    message: withoutExcerpt(message),
    address,
    line: Number(line),
  }));
}

/** Diagnostics repeat the line that is wrong, with waves below it or numbers before it. */
function withoutExcerpt(message: string): string {
  const lines = message.split("\n");
  const excerpt = lines.findIndex((line, i) => /^\s*~+\s*$/.test(lines[i + 1] ?? "") || /^\s*\d* *\|/.test(line));
  return (excerpt > 0 ? lines.slice(0, excerpt) : lines).map((line) => line.trim()).join(" ");
}
