import { createHash } from "node:crypto";
import project from "../../../deno.json" with { type: "json" };
import { readReports } from "../grading/read_reports.ts";
import type { GitState } from "./git_state.ts";
import type { HandinFiles } from "./handin_files.ts";
import { type HandinCheck, HandinRecord } from "./handin_record.ts";
import { zipFiles } from "./zip_files.ts";

/** What {@linkcode makeHandin} is told. */
export interface MakeHandinOptions {
  readonly name: string;
  readonly reports: string;
  readonly checks: readonly HandinCheck[];
  readonly git: GitState;
  /** When. */
  readonly now: Date;
}

/** The archive to hand in, with `handin.json` in it: all files with their sums, and how they came about. */
export async function makeHandin(
  { files }: Pick<HandinFiles, "files">,
  { name, reports, checks, git, now }: MakeHandinOptions,
): Promise<{ readonly record: HandinRecord; readonly archive: Uint8Array }> {
  const listed = files.map(({ path, content }) => ({ path, bytes: content.length, sha256: sumOf(content) }))
    .sort((one, other) => one.path < other.path ? -1 : 1);
  const taken = new Set(listed.map(({ path }) => path));
  const { metrics } = await readReports(reports);
  const record = HandinRecord.parse({
    format: 1,
    name,
    made: now.toISOString(),
    versions: { curio: project.version, deno: Deno.version.deno },
    machine: {
      system: `${Deno.build.os} ${Deno.osRelease()}`,
      architecture: Deno.build.arch,
      cores: navigator.hardwareConcurrency,
      memory: Deno.systemMemoryInfo().total,
    },
    git: { commit: git.commit, changed: git.changed.filter((path) => taken.has(path)) },
    notebooks: Object.values(metrics).map(
      ({ notebook, profile, seed, backend, device, threads, versions, commit }) => ({
        ...{ notebook, profile, seed, backend, device, threads, versions, commit },
      }),
    ),
    checks,
    forced: checks.some(({ passed }) => !passed),
    content: sumOf(new TextEncoder().encode(listed.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(""))),
    files: listed,
  });
  const json = new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
  return { record, archive: zipFiles([...files, { path: "handin.json", content: json }]) };
}

function sumOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
