import { join } from "node:path";
import { z } from "zod";
import { Evidence } from "../../report/evidence.ts";
import { MetricsFile } from "../../report/metrics_file.ts";

/** What notebooks have left in a folder of reports, as far as it can be read. */
export interface Reports {
  /** By notebook. */
  readonly metrics: Readonly<Record<string, MetricsFile>>;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly unreadable: readonly { readonly file: string; readonly fault: string }[];
}

const kinds = [
  { ending: ".metrics.json", schema: MetricsFile, kind: "metrics" },
  { ending: ".evidence.json.gz", schema: Evidence, kind: "evidence" },
] as const;

/** Beyond this it is no report, and whoever wrote it wants the grader's memory. */
const mostBytes = 64e6;

/** Reads the metrics and the evidence in a folder that a stranger has written to. */
export async function readReports(folder: string): Promise<Reports> {
  const read = { metrics: {} as Record<string, MetricsFile>, evidence: {} as Record<string, Evidence> };
  const unreadable: { file: string; fault: string }[] = [];
  for (const name of await plainFilesIn(folder)) {
    const found = kinds.find(({ ending }) => name.endsWith(ending));
    if (!found) continue;
    const notebook = name.slice(0, -found.ending.length);
    try {
      const content = found.schema.parse(JSON.parse(await boundedText(join(folder, name))));
      if (content.notebook !== notebook) throw new SyntaxError(`it says that it is of ${content.notebook}`);
      Object.defineProperty(read[found.kind], notebook, { value: content, enumerable: true });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      unreadable.push({ file: name, fault: error instanceof z.ZodError ? z.prettifyError(error) : error.message });
    }
  }
  return { ...read, unreadable };
}

/** The names of the plain files in a folder, sorted; none where there is no folder. */
export async function plainFilesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** The text of a file, unpacked where it is gzipped, never more of it than can be a report. */
async function boundedText(path: string): Promise<string> {
  using file = await Deno.open(path);
  const content = path.endsWith(".gz") ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new RangeError(`it is longer than ${mostBytes / 1e6} MB`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
