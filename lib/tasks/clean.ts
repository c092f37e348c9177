import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../runtime/project_root.ts";
import { bytesText, say } from "./terminal.ts";

const usage = `deno task clean [--caches] [--data] [--reports] [--all] [--dry-run]

Gives back what set-up took: .venv and node_modules. Data and reports stay unless they are named.
  --caches   only what can be computed again (data/caches)
  --data     also everything in data/, downloaded or put there by hand
  --reports  also everything in reports/
  --all      all of these
  --dry-run  says what would go, and how much it is`;

/** Gives disk back, and says how much. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      caches: { type: "boolean", default: false },
      data: { type: "boolean", default: false },
      reports: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const { all } = values;
  const paths = values.caches && !all ? ["data/caches"] : [".venv", "node_modules"];
  if (all || values.data) paths.push(...await entriesOf("data"));
  if (all || values.reports) paths.push(...await entriesOf("reports"));
  let total = 0;
  for (const path of paths) {
    const size = await diskUsage(join(projectRoot, path));
    if (size === undefined) continue;
    total += size;
    if (!values["dry-run"]) await Deno.remove(join(projectRoot, path), { recursive: true });
    say(`${values["dry-run"] ? "would remove" : "removed"} ${path}: ${bytesText(size)}`);
  }
  const back = values["dry-run"] ? "could be given back" : "given back";
  say(
    total === 0 ? "Nothing to remove." : `${bytesText(total)} ${back}. \`deno task setup\` brings set-up's part again.`,
  );
  return 0;
}

/** What lies in a folder of the project, less the README that is committed there. */
async function entriesOf(folder: string): Promise<string[]> {
  const entries: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(projectRoot, folder))) {
      if (name !== "README.md") entries.push(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return entries.sort();
}

/** Bytes that a file or a folder takes, or `undefined` if it is not there. */
async function diskUsage(path: string): Promise<number | undefined> {
  try {
    const { isDirectory, size, blocks } = await Deno.lstat(path);
    let total = blocks === null ? size : blocks * 512;
    if (isDirectory) {
      for await (const { name } of Deno.readDir(path)) total += await diskUsage(join(path, name)) ?? 0;
    }
    return total;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
