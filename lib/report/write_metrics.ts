import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import type { Dataset } from "../data/dataset.ts";
import { type ProfileName, profileName } from "../runtime/profile.ts";
import { projectRoot } from "../runtime/project_root.ts";
import { backend, tf } from "../runtime/tensorflow.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { MetricsFile } from "./metrics_file.ts";
import { checkFileName, reportsFolder } from "./reports_folder.ts";
import { type EvidenceOptions, evidencePath, writeEvidence } from "./write_evidence.ts";

/** What {@linkcode writeMetrics} is told. */
export interface WriteMetricsOptions {
  /** By name: what was found, and how far it may lie from that on another machine. */
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly tolerance: number }>>;
  /** Everything that was chosen, defaults included; what JSON cannot hold (functions) is left out. */
  readonly configuration: object;
  readonly seed: number | string;
  /** What was trained and tested on. */
  readonly datasets: readonly Pick<Dataset, "name" | "checksum">[];
  /** What is worth knowing and never the same twice, such as seconds. */
  readonly measured?: Readonly<Record<string, number>>;
  /** What the metrics can be computed from again, for whoever checks them: {@linkcode writeEvidence}. */
  readonly evidence?: EvidenceOptions;
  /** `CURIO_PROFILE` by default. */
  readonly profile?: ProfileName;
  /** The reports folder by default. */
  readonly folder?: string;
}

/**
 * Writes `<notebook>.metrics.json` into the reports folder: the metrics with their tolerances, then everything that it
 * takes to find them again. Beside it, where `evidence` is given, `<notebook>.evidence.json.gz`.
 *
 * @returns what was written
 * @throws {RangeError} if a metric or a tolerance is not a finite number, or `notebook` cannot be a file name
 */
export async function writeMetrics(
  notebook: string,
  options: WriteMetricsOptions,
): Promise<MetricsFile> {
  const { metrics, configuration, seed, datasets, measured = {}, evidence } = options;
  const { profile = profileName(), folder = reportsFolder() } = options;
  for (const [name, { value, tolerance }] of Object.entries(metrics)) {
    if (!Number.isFinite(value) || !Number.isFinite(tolerance) || tolerance < 0) {
      throw new RangeError(
        `Cannot write metrics: a metric must be a finite number with a finite tolerance of 0 or more: current value of ` +
          `${name} is ${value} ± ${tolerance}`,
      );
    }
  }
  const written = MetricsFile.parse({
    notebook,
    metrics,
    measured,
    profile,
    configuration: JSON.parse(JSON.stringify(configuration)),
    seed,
    versions: {
      curio: project.version,
      deno: Deno.version.deno,
      tfjs: tf.version["tfjs-core"],
      library: backend.library,
    },
    backend: backend.name,
    device: backend.device,
    threads: backend.threads,
    data: datasets.map(({ name, checksum }) => ({ name, checksum })),
    commit: await currentCommit(),
  });
  const path = join(folder, `${checkFileName(notebook)}.metrics.json`);
  // Evidence first, and never that of an earlier run beside new metrics.
  if (evidence) await writeEvidence(notebook, { ...evidence, folder });
  else await Deno.remove(evidencePath(folder, notebook)).catch(() => {});
  await writeFileAtomic(path, `${JSON.stringify(written, null, 2)}\n`);
  return written;
}

async function currentCommit(): Promise<string | null> {
  try {
    const git = new Deno.Command("git", {
      args: ["rev-parse", "HEAD"],
      cwd: projectRoot,
      stdout: "piped",
      stderr: "null",
    });
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null; // no git on this machine
  }
}
