/**
 * Query strategies beside their peers: ours and each peer take turns, on the same numbers. Of works that are
 * deterministic the picks are compared.
 *
 *     deno run -A tests/bench/selection_bench.ts [--peers <python>] [--kind resnet18 | manifold | gaussian]
 *       [--items 50000] [--rounds 3] [--patience 20] [--limit 300] [--only <part of a work>]
 *
 * Without `--kind`, what CIFAR-10 is to ResNet-18 where a data folder has both, and a made-up manifold otherwise;
 * k-center greedy on Gaussian noise as well, where nothing can be pruned. A peer that takes longer than `--patience`
 * seconds runs once and not again; one that takes longer than `--limit` is stopped, and stands in the table with that.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type QueryStrategy, Random, strategies } from "curio";
import { type BenchRow, type BenchRuns, printRows, rowsOf } from "./bench_row.ts";
import { type LineProcess, lineProcess } from "./line_process.ts";
import { type QueryPool, queryPool, viewOf } from "./query_pool.ts";
import { resnetPool } from "./resnet_pool.ts";

interface Work {
  readonly strategy: QueryStrategy;
  readonly k: number;
  readonly peers: readonly string[];
  readonly deterministic: boolean;
  /** Candidates, where not all of the pool. */
  readonly items?: number;
  /** Measured on Gaussian noise as well. */
  readonly noiseToo?: boolean;
}

const works: Readonly<Record<string, Work>> = {
  margin: { strategy: strategies.margin(), k: 1000, peers: ["numpy"], deterministic: true },
  "k-center greedy": {
    strategy: strategies.kCenterGreedy(),
    k: 1000,
    peers: ["numpy", "scikit-activeml"],
    deterministic: true,
    noiseToo: true,
  },
  badge: { strategy: strategies.badge(), k: 1000, peers: ["numpy factorised"], deterministic: false },
  typiclust: { strategy: strategies.typiClust(), k: 1000, peers: ["scikit-learn"], deterministic: false },
  "ranked batch": {
    strategy: strategies.rankedBatch(),
    k: 100,
    peers: ["numpy incremental", "modAL"],
    deterministic: true,
  },
  "cluster-margin": {
    strategy: strategies.clusterMargin(),
    k: 1000,
    peers: ["scipy"],
    deterministic: false,
    items: 20_000,
  },
  "cosine diversity": { strategy: strategies.cosineDiversity(), k: 1000, peers: [], deterministic: true },
  "KL diversity": { strategy: strategies.klDiversity(), k: 1000, peers: [], deterministic: true },
  "Jensen-Shannon diversity": {
    strategy: strategies.jensenShannonDiversity(),
    k: 1000,
    peers: [],
    deterministic: true,
  },
  contrastive: { strategy: strategies.contrastive(), k: 1000, peers: ["scikit-activeml"], deterministic: true },
  coral: { strategy: strategies.coral(), k: 1000, peers: [], deterministic: true },
  "diverse mini-batch": { strategy: strategies.diverseMiniBatch(), k: 1000, peers: [], deterministic: false },
  "k-means": { strategy: strategies.kMeans(), k: 1000, peers: [], deterministic: false },
  "information density": { strategy: strategies.informationDensity(), k: 1000, peers: [], deterministic: true },
  "facility location": { strategy: strategies.facilityLocation(), k: 1000, peers: [], deterministic: true },
  probcover: { strategy: strategies.probCover(), k: 1000, peers: [], deterministic: false },
};

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    peers: { type: "string" },
    kind: { type: "string" },
    items: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
    patience: { type: "string", default: "20" },
    limit: { type: "string", default: "300" },
    only: { type: "string", default: "" },
  },
});
const limit = Number(options.limit);
const folder = await Deno.makeTempDir({ prefix: "curio-query-" });
try {
  for (const [name, work] of Object.entries(works)) {
    if (!name.includes(options.only)) continue;
    for (const kind of options.kind ? [options.kind] : work.noiseToo ? ["real", "gaussian"] : ["real"]) {
      printRows(await measure({ name, ...work }, kind));
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measure(
  { name, strategy, k, peers, deterministic, items }: Work & { readonly name: string },
  kind: string,
): Promise<BenchRow[]> {
  const asked = { items: Math.min(items ?? Infinity, Number(options.items)), labelled: 1000 };
  const { pool, title } = await poolOf(kind, asked);
  const runners = new Map<string, () => Promise<Run>>([["curio", async () => {
    const began = performance.now();
    const { indices } = await strategy.select(viewOf(pool), k, new Random(1));
    return { seconds: (performance.now() - began) / 1000, picks: [...indices] };
  }]]);
  const memory = memoryFromHere();
  const started = new Map<string, LineProcess>();
  if (options.peers && peers.length > 0) {
    for (const part of ["embeddings", "labelledEmbeddings", "probabilities", "labelledProbabilities"] as const) {
      await Deno.writeFile(join(folder, part), bytesOf(pool[part].data));
    }
    const script = join(import.meta.dirname!, "peers", "query_peers.py");
    for (const peer of peers) {
      const process = lineProcess([options.peers, script, folder, name, peer, `${k}`, `${limit}`]);
      started.set(peer, process);
      runners.set(peer, () => process.ask<Run>("run"));
    }
  }
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [implementation, run] of runners) {
      const its = runs.get(implementation)!;
      if (its.length === 0 || its[0].seconds < Number(options.patience)) its.push(await run());
    }
  }
  for (const process of started.values()) await process.end();

  const ours = runs.get("curio")![0].picks;
  const all = [...runs].map(([implementation, its]): BenchRuns => ({
    work: `${name}, ${title}, k = ${k}`,
    implementation: its[0].stopped ? `${implementation}, stopped after ${limit} s` : implementation,
    unit: "s",
    values: its.map(({ seconds }) => seconds),
    samePicks: deterministic && !its[0].stopped
      ? its[0].picks.filter((pick, at) => pick === ours[at]).length / k
      : null,
    ...implementation === "curio" && memory(),
  }));
  return rowsOf(all);
}

interface Run {
  readonly seconds: number;
  readonly picks: readonly number[];
  /** Whether it took longer than the limit. */
  readonly stopped?: boolean;
}

/** A pool of a kind, and what it is called; "real" is ResNet-18's where it can be had. */
async function poolOf(
  kind: string,
  size: { readonly items: number; readonly labelled: number },
): Promise<{ readonly pool: QueryPool; readonly title: string }> {
  if (kind === "real" || kind === "resnet18") {
    try {
      const pool = await resnetPool(size);
      return { pool, title: `${pool.embeddings.rows} × 512 of ResNet-18` };
    } catch (error) {
      if (kind === "resnet18" || !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  const madeUp = kind === "gaussian" ? kind : "manifold";
  const pool = queryPool({ ...size, features: 512, classes: 10, kind: madeUp });
  return { pool, title: `${size.items} × 512 ${madeUp}` };
}

/** What this process comes to hold from here on, in MB: the most, and how much more than now. Linux alone says. */
function memoryFromHere(): () => Pick<BenchRuns, "peakMegabytes" | "growthMegabytes"> {
  if (Deno.build.os !== "linux") return () => ({});
  const megabytes = (line: string) => {
    const [, kilobytes] = Deno.readTextFileSync("/proc/self/status").match(new RegExp(`${line}:\\s+(\\d+)`)) ?? [];
    return Math.round(Number(kilobytes) * 1024 / 1e6);
  };
  // Counts VmHWM anew.
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  const before = megabytes("VmRSS");
  return () => ({ peakMegabytes: megabytes("VmHWM"), growthMegabytes: megabytes("VmHWM") - before });
}

function bytesOf(data: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}
