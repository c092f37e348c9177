import { join } from "node:path";
import type { ProgressListener } from "../../runtime/progress.ts";
import { offlineReason } from "./offline.ts";
import { notFound, runProgram } from "./run_program.ts";

/** Where {@linkcode unpackDebianPackage} unpacks, and who watches. */
export interface UnpackDebianPackageOptions {
  /** An existing, empty folder; the package's files appear below it as they would below `/`. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
}

/**
 * Fetches a Debian package through apt and unpacks it into a folder: no root, nothing installed, and apt's own lists left
 * as they are. Where apt has no lists, or old ones, it gets its own for the occasion.
 *
 * @returns why it could not be done, or `undefined` when it is
 * @throws the signal's reason when aborted
 */
export async function unpackDebianPackage(
  name: string,
  { folder, signal, onProgress = () => {} }: UnpackDebianPackageOptions,
): Promise<string | undefined> {
  const offline = offlineReason();
  if (offline) return offline;
  const note = (text: string) => onProgress({ kind: "note", task: name, text });
  const state = join(folder, "apt");
  const lists = join(state, "lists");
  const ownState = [`Dir::State::Lists=${lists}`, `Dir::Cache=${join(state, "cache")}`, "APT::Sandbox::User="];
  const patience = ["Acquire::http::Timeout=30", "Acquire::Retries=2", "Acquire::Languages=none"];
  const how = { complaint: "E:", folder, env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" }, signal };
  const apt = (command: readonly string[], settings: readonly string[]) =>
    runProgram("apt-get", { ...how, args: [...command, ...settings.flatMap((setting) => ["-o", setting])] });

  note(`fetching the Debian package ${name} through apt (no root needed, nothing is installed)`);
  let fault = await apt(["download", name], patience);
  if (fault !== undefined && fault !== notFound("apt-get")) {
    note(`apt does not give ${name} (${fault}); fetching package lists for this occasion, about 10 MB`);
    await Deno.mkdir(join(lists, "partial"), { recursive: true });
    await Deno.mkdir(join(state, "cache", "archives", "partial"), { recursive: true });
    fault = await apt(["update"], [...ownState, ...patience]) ??
      await apt(["download", name], [...ownState, ...patience]);
  }
  if (fault !== undefined) return fault;
  for await (const { name: file } of Deno.readDir(folder)) {
    if (!file.endsWith(".deb")) continue;
    const unpackFault = await runProgram("dpkg-deb", { ...how, args: ["--extract", file, folder] });
    await Deno.remove(join(folder, file));
    return unpackFault;
  }
  return "apt brought no package";
}
