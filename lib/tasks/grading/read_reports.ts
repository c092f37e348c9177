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

/** Beyond this, all together and unpacked, these are no reports, and whoever wrote them wants the grader's memory. */
const mostBytes = 128e6;

/** Reads the metrics and the evidence in a folder that a stranger has written to. */
export async function readReports(folder: string): Promise<Reports> {
  const read = { metrics: {} as Record<string, MetricsFile>, evidence: {} as Record<string, Evidence> };
  const unreadable: { file: string; fault: string }[] = [];
  const room = { bytes: mostBytes };
  for (const name of await plainFilesIn(folder)) {
    const found = kinds.find(({ ending }) => name.endsWith(ending));
    if (!found) continue;
    const notebook = name.slice(0, -found.ending.length);
    try {
      const content = found.schema.parse(JSON.parse(await boundedText(join(folder, name), room)));
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

/** The text of a file, unpacked where it is gzipped, as long as there is room for it. */
async function boundedText(path: string, room: { bytes: number }): Promise<string> {
  using file = await Deno.open(path);
  const content = path.endsWith(".gz") ? file.readable.pipeThrough(new DecompressionStream("gzip")) : file.readable;
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of content) {
    room.bytes -= piece.length;
    if (room.bytes < 0) throw new RangeError(`together the reports are longer than ${mostBytes / 1e6} MB`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
