import { extname, join } from "node:path";
import type { ArchivedFile } from "./zip_files.ts";

/** What is handed in, and what lies beside it and is not. */
export interface HandinFiles {
  readonly files: readonly ArchivedFile[];
  /** Files among the sources that are no sources: data, weights, archives. By path, with their bytes. */
  readonly leftOut: readonly { readonly path: string; readonly bytes: number }[];
}

/** Of the project's folder, where they are. */
const rootFiles = ["deno.json", "deno.lock", "README.md", "LICENSE"];
const sourceFolders = ["notebooks", "lib"];
const sources = new Set([
  ...[".ipynb", ".ts", ".js", ".json", ".py", ".md", ".txt", ".css", ".html", ".svg", ".conf", ".wat", ".wasm"],
]);
/** The small backbones that are a part of the library. */
const backbone = /^lib\/models\/backbones\/[^/]+\.safetensors$/;
const caches = new Set(["__pycache__", "node_modules"]);

/** Of the reports: executed notebooks and what they wrote, figures, tables, the report and its pictures. */
const reports =
  /^(?:[^/]+\.ipynb|[^/]+\.metrics\.json|[^/]+\.evidence\.json\.gz|report\.(?:md|html|pdf)|[^/]+\.(?:png|jpe?g|svg|webp|gif)|figures\/[^/]+\.(?:svg|png)|tables\/[^/]+\.csv)$/;

/** The files of a project that are handed in: its sources and its reports, no data, and no weights but the library's. */
export async function handinFiles(
  root: string,
  { reports: folder }: { readonly reports: string },
): Promise<HandinFiles> {
  const files: ArchivedFile[] = [];
  const leftOut: { path: string; bytes: number }[] = [];
  const take = async (path: string, from: string) => files.push({ path, content: await Deno.readFile(from) });
  for (const name of rootFiles) if (await isPlainFile(join(root, name))) await take(name, join(root, name));
  for (const path of await plainFilesBelow(root, sourceFolders)) {
    const from = join(root, path);
    if (sources.has(extname(path)) || backbone.test(path)) await take(path, from);
    else leftOut.push({ path, bytes: (await Deno.lstat(from)).size });
  }
  for (const path of await plainFilesBelow(folder, [""])) {
    if (reports.test(path)) await take(`reports/${path}`, join(folder, path));
  }
  return { files, leftOut };
}

/** Their paths from `root`, sorted; no hidden ones, no caches, no links. */
async function plainFilesBelow(root: string, folders: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  const visit = async (folder: string) => {
    try {
      for await (const { name, isFile, isDirectory } of Deno.readDir(join(root, folder))) {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (name.startsWith(".") || caches.has(name)) continue;
        if (isDirectory) await visit(path);
        else if (isFile) paths.push(path);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  for (const folder of folders) await visit(folder);
  return paths.sort();
}

async function isPlainFile(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(({ isFile }) => isFile, () => false);
}
