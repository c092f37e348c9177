import { join } from "node:path";
import { type Dataset, memoryImages, MetricsFile, type TrainAndTest } from "curio";
import type { Notebook, NotebookCell } from "../../../lib/tasks/notebook_file.ts";
import { committedMetadata, notebookText } from "../../../lib/tasks/strip_notebook.ts";
import { sampleMetrics } from "../../report/document/sample_findings.ts";

/** What a cell with code shows. */
export interface ShownCell {
  readonly source: string;
  readonly tags?: readonly string[];
  readonly outputs?: NotebookCell["outputs"];
}

/** A notebook with these cells as it is after a run in order. */
export function executedNotebook(
  cells: readonly ShownCell[],
  { title = "Title" }: { readonly title?: string } = {},
): Notebook {
  return {
    cells: [
      { cell_type: "markdown", id: "m0", source: `# ${title}`, metadata: {} },
      ...cells.map(({ source, tags, outputs = [] }, index) => ({
        cell_type: "code" as const,
        id: `c${index}`,
        source,
        metadata: tags ? { tags } : {},
        outputs: [...outputs],
        execution_count: index + 1,
      })),
    ],
    metadata: committedMetadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** An output that says something. */
export function said(text: string, metadata: object = {}): NonNullable<NotebookCell["outputs"]>[number] {
  return { output_type: "display_data", data: { "text/plain": text }, metadata };
}

/** Writes an executed notebook and the metrics that it shows into a reports folder. */
export async function writeRun(
  reports: string,
  { name, cells = [], metrics = {} }: {
    readonly name: string;
    readonly cells?: readonly ShownCell[];
    readonly metrics?: Partial<MetricsFile>;
  },
): Promise<Notebook> {
  const file = MetricsFile.parse(sampleMetrics(name, metrics));
  const rows = Object.entries(file.metrics).map(([metric, { value, tolerance }]) =>
    `${metric}  ${Number(value.toPrecision(4))}  ${tolerance}`
  );
  const notebook = executedNotebook([
    ...cells,
    {
      source: `await curio.writeMetrics("${name}", …);`,
      outputs: [said(["metric  value  tolerance", "──", ...rows].join("\n"))],
    },
  ]);
  await Deno.writeTextFile(join(reports, `${name}.ipynb`), notebookText(notebook));
  await Deno.writeTextFile(join(reports, `${name}.metrics.json`), JSON.stringify(file));
  return notebook;
}

const test: Dataset = {
  name: "pixels",
  images: memoryImages(Uint8Array.of(1, 2, 3, 4), { height: 1, width: 1, channels: 1 }),
  labels: Int32Array.of(0, 1, 0, 1),
  classNames: ["dark", "bright"],
  checksum: "pixels",
};

/** Four test images of one pixel, and one to learn from. */
export const pixels: Pick<TrainAndTest, "train" | "test"> = {
  test,
  train: { ...test, images: memoryImages(Uint8Array.of(5), test.images.shape), labels: Int32Array.of(0) },
};

/** Answers of which three of the four are right. */
export const threeOfFour = { predictions: Int32Array.of(0, 1, 0, 0) };
