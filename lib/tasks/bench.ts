import { cpus, release, totalmem } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { reportsFolder } from "../report/reports_folder.ts";
import { projectRoot } from "../runtime/project_root.ts";
import { backend } from "../runtime/tensorflow.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { lastLines, runCommand } from "./command.ts";
import { peersPython, peersStep } from "./setup/peers.ts";
import { setUp } from "./setup/set_up.ts";
import { thisSite } from "./setup/site.ts";
import { bytesText, say, statusLine } from "./terminal.ts";

const usage = `deno task bench [--peers] [--suite NAME] [--only PART] [--rounds N]

Measures Curio, beside the peers in Python once --peers has installed them, and writes reports/bench.json. What was
measured before stays in that file until it is measured again. Takes an hour on two cores; leave the machine alone.`;

const rowSchema = z.object({
  work: z.string(),
  implementation: z.string(),
  unit: z.enum(["samples/s", "s"]),
  median: z.number(),
  low: z.number(),
  high: z.number(),
  ratioToFastestPeer: z.number().nullable(),
  ratioRange: z.tuple([z.number(), z.number()]).optional(),
  gigaflops: z.number().optional(),
  startupSeconds: z.number().optional(),
  peakMegabytes: z.number().optional(),
  idleMegabytes: z.number().optional(),
  growthMegabytes: z.number().optional(),
  samePicks: z.number().nullish(),
  accuracy: z.number().optional(),
  measured: z.iso.datetime().optional(),
});
type Row = z.infer<typeof rowSchema>;

const fileSchema = z.object({ machine: z.record(z.string(), z.string()), rows: z.array(rowSchema) });

/** Measures, prints a table as it goes, and keeps the rows. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      peers: { type: "boolean", default: false },
      suite: { type: "string", default: "" },
      only: { type: "string", default: "" },
      rounds: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const site = thisSite();
  const peers = peersStep(site);
  if (values.peers) await setUp(site, [peers]);
  const python = await peers.isDone() ? peersPython(site) : undefined;
  if (python === undefined) say("The peers are not installed, so there is nothing to compare with: add --peers.\n");

  const folder = join(projectRoot, "tests", "bench");
  const suites = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith("_bench.ts"));
  const rows: Row[] = [];
  let failed = false;
  for (const suite of suites.filter((name) => name.includes(values.suite)).sort()) {
    const line = statusLine(`${suite.replace("_bench.ts", "")}:`);
    const { code, stderr } = await runCommand([
      Deno.execPath(),
      "run",
      "-A",
      join(folder, suite),
      ...["--only", values.only],
      ...(values.rounds ? ["--rounds", values.rounds] : []),
      ...(python ? ["--peers", python] : []),
    ], {
      onLine(text, from) {
        if (from === "stderr") return;
        const row = rowSchema.parse(JSON.parse(text));
        rows.push({ ...row, measured: new Date().toISOString() });
        line.update(`${row.work}, ${row.implementation}`);
      },
    });
    line.end(code === 0 ? "measured" : `FAILED\n${lastLines(stderr)}`);
    failed ||= code !== 0;
  }
  say();
  for (const row of tableOf(rows)) say(row);
  const path = join(reportsFolder(), "bench.json");
  const works = new Set(rows.map(({ work }) => work));
  const kept = (await readRows(path)).filter(({ work }) => !works.has(work));
  await writeFileAtomic(path, `${JSON.stringify({ machine: machine(), rows: [...kept, ...rows] }, null, 2)}\n`);
  say(`\nThe rows are in ${relative(Deno.cwd(), path)}.`);
  return failed ? 1 : 0;
}

/** What was measured on this machine before; nothing of another one, whose figures say nothing beside these. */
async function readRows(path: string): Promise<readonly Row[]> {
  const text = await Deno.readTextFile(path).catch(() => undefined);
  if (text === undefined) return [];
  const before = fileSchema.safeParse(JSON.parse(text));
  return before.success && JSON.stringify(before.data.machine) === JSON.stringify(machine()) ? before.data.rows : [];
}

function machine(): Record<string, string> {
  return {
    processor: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores`,
    memory: bytesText(totalmem()),
    system: `${Deno.build.os} ${release()}, ${Deno.build.arch}`,
    deno: Deno.version.deno,
    backend: `${backend.library}, ${backend.device}, ${backend.threads} threads`,
  };
}

/** In Markdown, so that it can be put into a page as it is. */
function tableOf(rows: readonly Row[]): string[] {
  const lines = rows.map((row) => {
    const {
      unit,
      implementation,
      work,
      ratioToFastestPeer,
      ratioRange,
      startupSeconds,
      peakMegabytes,
      growthMegabytes,
    } = row;
    const [median, low, high] = [row.median, row.low, row.high].map((value) => figures(value));
    const spread = ratioRange ? ` (${ratioRange.map((ratio) => ratio.toFixed(2)).join("–")})` : "";
    const ratio = ratioToFastestPeer === null ? "" : `${ratioToFastestPeer.toFixed(2)}×${spread}`;
    const memory = peakMegabytes === undefined ? "" : `${Math.round(peakMegabytes)} MB`;
    const growth = growthMegabytes === undefined ? "" : ` (+${Math.round(growthMegabytes)})`;
    const arithmetic = row.gigaflops === undefined ? "" : figures(row.gigaflops);
    const start = startupSeconds === undefined ? "" : `${startupSeconds.toFixed(1)} s`;
    return [work, implementation, `${median} ${unit}`, `${low}–${high}`, ratio, arithmetic, start, memory + growth];
  });
  const head = ["work", "implementation", "median", "range", "to the fastest peer", "GFLOP/s", "start", "peak memory"];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`);
}

/** Three significant figures, without an exponent. */
function figures(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
