/**
 * Networks: training, prediction, embedding, beside PyTorch, Keras and onnxruntime. Every implementation is started and
 * warmed, then each round runs each of them once, in another order.
 *
 *     deno run -A tests/bench/networks_bench.ts [--rounds 7] [--threads 2] [--only <part of a work>] [--peers <python>]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "curio";
import { type BenchRow, printRows, rowsOf } from "./bench_row.ts";
import { lineProcess, NoAnswerError } from "./line_process.ts";
import type { Work } from "./network_worker.ts";
import allWorks from "./works.json" with { type: "json" };

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "7" },
    threads: { type: "string", default: String(navigator.hardwareConcurrency) },
    only: { type: "string", default: "" },
    peers: { type: "string" },
  },
});
const works: Readonly<Record<string, Work>> = allWorks as Record<string, Work>;

/** Name → command line, of all that can do the work. */
function implementations(name: string): Map<string, string[]> {
  const { kind, precision } = works[name];
  const product = kind === "product";
  const training = kind === "train" || kind === "frozen";
  const worker = [Deno.execPath(), "run", "-A", join(import.meta.dirname!, "network_worker.ts"), name];
  const found = new Map([["curio", [...worker, "curio"]]]);
  // Peers compare in the same number format; against our own float32 there is a row of its own.
  if (precision === undefined && !product) found.set("tfjs-node", [...worker, "eager"]);
  if (options.peers === undefined) return found;
  const peer = (script: string, kind: string) => [
    options.peers!,
    join(import.meta.dirname!, "peers", `${script}_worker.py`),
    name,
    kind,
    options.threads,
  ];
  for (const kind of product ? ["plain"] : ["plain", "channels_last", "compile"]) {
    found.set(`torch ${kind}`, peer("torch", kind));
  }
  if (!training && !product && precision === undefined) found.set("onnxruntime", peer("torch", "onnxruntime"));
  if (precision === undefined) found.set("keras", peer("keras", "keras"));
  return found;
}

interface Ready {
  readonly startupSeconds: number;
  readonly idleMegabytes: number;
  /** Floating-point operations of a sample; ours says it for all. */
  readonly operations?: number;
}

async function start(implementation: string, command: readonly string[]) {
  const process = lineProcess(command, {
    env: { OMP_NUM_THREADS: options.threads, TF_NUM_INTRAOP_THREADS: options.threads },
  });
  const { operations, ...ready } = await process.ask<Ready>();
  const rates: number[] = [];
  return {
    operations,
    async run() {
      const { seconds, samples } = await process.ask<{ seconds: number; samples: number }>("run");
      rates.push(samples / seconds);
    },
    async end(work: string) {
      const last = await process.end<{ peakMegabytes: number; growthMegabytes: number }>();
      return { work, implementation, unit: "samples/s", values: rates, ...ready, ...last } as const;
    },
  };
}

async function measure(work: string): Promise<BenchRow[]> {
  const runners: Awaited<ReturnType<typeof start>>[] = [];
  for (const [implementation, command] of implementations(work)) {
    try {
      runners.push(await start(implementation, command));
    } catch (error) {
      // torch.compile needs a C++ compiler; the others should say loudly why they are missing.
      if (!(error instanceof NoAnswerError)) throw error;
      console.error(error.message);
    }
  }
  const random = new Random(work);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const runner of random.shuffle(runners)) await runner.run();
  }
  const ended = [];
  for (const runner of runners) ended.push(await runner.end(work));
  const { operations = NaN } = runners[0] ?? {};
  return rowsOf(ended).map((row) => ({ ...row, gigaflops: row.median * operations / 1e9 }));
}

for (const work of Object.keys(works)) {
  if (work.includes(options.only)) printRows(await measure(work));
}
