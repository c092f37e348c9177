/**
 * Measures the same work in Curio and in its peers, interleaved: every implementation is started and warmed, then each
 * round runs each of them once, in another order. Prints a table and, with `--json <path>`, writes the rows.
 *
 *     deno run -A tests/bench/bench.ts [--rounds 7] [--threads 2] [--only <part of a name>] [--json <path>]
 *       [--torch <python>] [--keras <python>]
 *
 * `--torch` and `--keras` name Python interpreters that have those libraries; peers without one are left out.
 */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { Random } from "curio";
import { TextLineStream } from "./text_line_stream.ts";
import works from "./works.json" with { type: "json" };

/** One line of the result; throughput in samples a second. */
export interface BenchRow {
  readonly work: string;
  readonly implementation: string;
  readonly unit: "samples/s";
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly ratioToFastestPeer: number | null;
  readonly startupSeconds: number;
  readonly peakMegabytes: number;
}

const here = import.meta.dirname as string;
const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "7" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    only: { type: "string", default: "" },
    json: { type: "string" },
    torch: { type: "string" },
    keras: { type: "string" },
  },
});

/** Name → command line, without the work. */
function implementations(): Map<string, string[]> {
  const worker = [Deno.execPath(), "run", "-A", join(here, "worker.ts")];
  const found = new Map([["curio", [...worker, "curio"]], ["tfjs-node", [...worker, "eager"]]]);
  const torch = options.torch && [options.torch, join(here, "peers", "torch_worker.py")];
  if (torch) {
    for (const kind of ["plain", "channels_last", "compile", "onnxruntime"]) {
      found.set(`torch ${kind}`, [...torch, kind]);
    }
  }
  if (options.keras) found.set("keras", [options.keras, join(here, "peers", "keras_worker.py"), "keras"]);
  return found;
}

interface Runner {
  readonly implementation: string;
  readonly startupSeconds: number;
  readonly rates: number[];
  run(): Promise<void>;
  /** @returns peak memory */
  end(): Promise<number>;
}

/** Starts a worker and waits for its first batch; `undefined` where it does not do this work. */
async function start(implementation: string, [command, ...args]: string[], work: string): Promise<Runner | undefined> {
  const { script, rest } = { script: args.slice(0, -1), rest: args.slice(-1) };
  const child = new Deno.Command(command, {
    args: [...script, work, ...rest, options.threads],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    env: { OMP_NUM_THREADS: options.threads, TF_NUM_INTRAOP_THREADS: options.threads },
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const writer = child.stdin.getWriter();
  const next = async (): Promise<Record<string, number> | undefined> => {
    const { value } = await lines.read();
    return value === undefined ? undefined : JSON.parse(value);
  };
  const ready = await next();
  if (!ready) return undefined;
  const rates: number[] = [];
  return {
    implementation,
    startupSeconds: ready.startupSeconds,
    rates,
    async run() {
      await writer.write(new TextEncoder().encode("run\n"));
      const result = await next();
      if (result) rates.push(result.samples / result.seconds);
    },
    async end() {
      await writer.close();
      const last = await next();
      await child.status;
      return last?.peakMegabytes ?? NaN;
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

async function measure(work: string): Promise<BenchRow[]> {
  const runners: Runner[] = [];
  for (const [implementation, command] of implementations()) {
    const runner = await start(implementation, command, work);
    if (runner) runners.push(runner);
  }
  const random = new Random(work);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const runner of random.shuffle(runners)) await runner.run();
  }
  const peers = runners.filter(({ implementation }) => !["curio", "tfjs-node"].includes(implementation));
  const fastest = Math.max(...peers.map(({ rates }) => median(rates)));
  const rows: BenchRow[] = [];
  for (const { implementation, rates, startupSeconds, end } of runners) {
    rows.push({
      work,
      implementation,
      unit: "samples/s",
      median: median(rates),
      low: Math.min(...rates),
      high: Math.max(...rates),
      ratioToFastestPeer: peers.length > 0 ? median(rates) / fastest : null,
      startupSeconds,
      peakMegabytes: await end(),
    });
  }
  return rows;
}

const rows: BenchRow[] = [];
for (const work of Object.keys(works)) {
  if (!work.includes(options.only)) continue;
  for (const row of await measure(work)) {
    rows.push(row);
    const ratio = row.ratioToFastestPeer === null ? "" : ` × ${row.ratioToFastestPeer.toFixed(2)} of the fastest peer`;
    console.log(
      `${row.work.padEnd(24)} ${row.implementation.padEnd(20)} ${row.median.toFixed(1).padStart(9)} ` +
        `(${row.low.toFixed(1)}–${row.high.toFixed(1)}) samples/s${ratio}, start ${row.startupSeconds.toFixed(1)} s, ` +
        `peak ${row.peakMegabytes.toFixed(0)} MB`,
    );
  }
}
if (options.json) await Deno.writeTextFile(options.json, `${JSON.stringify({ rows }, null, 2)}\n`);
