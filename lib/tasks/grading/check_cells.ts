import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { type CellPlace, type NotebookScript, notebookScript } from "../notebook_script.ts";
import { runInSandbox, type SandboxOptions } from "./sandbox.ts";

/** A notebook by its name and the sources of its cells with code. */
export interface NotebookCells {
  readonly name: string;
  readonly cells: readonly string[];
}

/** What keeps a notebook from being executed at all. */
export interface CellFault {
  /** It is no TypeScript, or it imports what is not there. */
  readonly kind: "syntax error" | "did not start";
  readonly place?: CellPlace;
  readonly message: string;
}

/** Where the notebooks lie, and how they are held while they are read. */
export interface CheckCellsOptions extends SandboxOptions {
  /** The folder that the notebooks lie in; written to, beside them. */
  readonly notebooks: string;
}

const moduleSchema = z.object({
  specifier: z.string(),
  error: z.string().optional(),
  dependencies: z.array(z.object({
    specifier: z.string(),
    isDynamic: z.boolean().default(false),
    code: z.object({
      error: z.string().optional(),
      specifier: z.string().optional(),
      span: z.object({ start: z.object({ line: z.number() }) }).optional(),
    }).default({}),
  })).default([]),
});

const graphSchema = z.object({ modules: z.array(moduleSchema) });

const folder = ".cells";

/**
 * Finds the notebooks that cannot run, in a second and without executing them: their cells are no TypeScript, or import
 * what there is not. The kernel would give no message for either. Types are not checked, as the kernel checks none.
 */
export async function checkCells(
  notebooks: readonly NotebookCells[],
  options: CheckCellsOptions,
): Promise<ReadonlyMap<string, CellFault>> {
  const scripts = new Map<string, NotebookScript>();
  await Deno.mkdir(join(options.notebooks, folder), { recursive: true });
  const run = await runInSandbox(({ project, deno, reports }) =>
    notebooks.map(({ name, cells }, place) => {
      const script = notebookScript(cells, { base: pathToFileURL(join(project, "notebooks", `${name}.ipynb`)) });
      scripts.set(name, script);
      Deno.writeTextFileSync(join(options.notebooks, folder, `${place}.ts`), script.text);
      const source = join(project, "notebooks", folder, `${place}.ts`);
      return ["/bin/sh", "-c", 'exec "$0" info --json "$1" >"$2"', deno, source, join(reports, `${place}.json`)];
    }), { ...options, copies: [{ from: options.notebooks, to: "notebooks" }] });
  await Deno.remove(join(options.notebooks, folder), { recursive: true });
  const faults = new Map<string, CellFault>();
  for (const [place, { name }] of notebooks.entries()) {
    const fault = await faultIn(join(run.results, `${place}.json`), scripts.get(name)!);
    if (fault) faults.set(name, fault);
  }
  return faults;
}

async function faultIn(path: string, { places }: NotebookScript): Promise<CellFault | undefined> {
  const graph = graphSchema.safeParse(
    await Deno.readTextFile(path).then(JSON.parse).catch(() => undefined),
  );
  // Whatever kept it from being read will show when it is executed.
  if (!graph.success) return undefined;
  const { modules } = graph.data;
  const own = modules.find(({ specifier }) => /\/\.cells\/\d+\.ts$/.test(specifier));
  if (own?.error !== undefined) {
    const line = /:(\d+):\d+\s*$/.exec(own.error)?.[1];
    const message = own.error.split("\n")[0].replace(/^SyntaxError: /, "");
    return { kind: "syntax error", place: places[Number(line) - 1], message };
  }
  for (const { specifier, isDynamic, code } of own?.dependencies ?? []) {
    const error = code.error ?? modules.find((module) => module.specifier === code.specifier)?.error;
    if (error === undefined || isDynamic) continue;
    const place = places[code.span?.start.line ?? -1];
    return {
      kind: "did not start",
      place,
      message: `it imports ${JSON.stringify(specifier)}: ${error.split(' from "file:')[0]}`,
    };
  }
}
