import type { Findings, FoundRow, NotebookFindings } from "../../../lib/report/document/findings.ts";
import type { MetricsFile } from "curio";

/** What a notebook wrote, as far as a test does not say otherwise. */
export function sampleMetrics(notebook: string, changes: Partial<MetricsFile> = {}): MetricsFile {
  return {
    notebook,
    metrics: { testAccuracy: { value: 0.91234, tolerance: 0.008 } },
    measured: { trainingSeconds: 83 },
    profile: "quick",
    configuration: { dataset: "fashion-mnist", images: 60_000 },
    seed: 1,
    versions: { curio: "0.1.0", deno: "2.9.6", tfjs: "4.22.0", library: "TensorFlow 2.21.0" },
    backend: "tensorflow",
    device: "cpu",
    threads: 2,
    data: [{ name: "fashion-mnist", checksum: "38831b7b377c44db3c5cc3b7802535a9" }],
    commit: "9624a3a1449709ea890cc48e26f9428598575e29",
    ...changes,
  };
}

/** The findings of these notebooks, without pictures. */
export function sampleFindings(
  notebooks: readonly (Partial<NotebookFindings> & Pick<NotebookFindings, "name">)[],
  { tables = {} }: { readonly tables?: Readonly<Record<string, readonly FoundRow[]>> } = {},
): Findings {
  return {
    notebooks: notebooks.map((found) => ({
      title: found.name,
      metrics: sampleMetrics(found.name),
      conclusions: [],
      ...found,
    })),
    figures: new Map(),
    tables: new Map(Object.entries(tables)),
  };
}
