/**
 * Query strategies beside their peers on one made-up pool: ours and each peer take turns, on the same numbers. Of works
 * that are deterministic the picks are compared.
 *
 *     deno run -A tests/bench/selection_bench.ts [--peers <python>] [--kind manifold | gaussian] [--items 50000]
 *       [--rounds 3] [--only <part of a work>] [--slow]
 *
 * Peers that take minutes run with `--slow`.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type QueryStrategy, Random, strategies } from "curio";
import { type BenchRow, type BenchRuns, printRows, rowsOf } from "./bench_row.ts";
import { lineProcess } from "./line_process.ts";
import { queryPool, viewOf } from "./query_pool.ts";

interface Work {
  readonly strategy: QueryStrategy;
  readonly k: number;
  readonly peers: readonly string[];
  /** Peers that take minutes. */
  readonly slowPeers?: readonly string[];
  readonly deterministic: boolean;
  /** Candidates, where not all of the pool. */
  readonly items?: number;
}

const works: Readonly<Record<string, Work>> = {
  margin: { strategy: strategies.margin(), k: 1000, peers: ["numpy"], deterministic: true },
  "k-center greedy": {
    strategy: strategies.kCenterGreedy(),
    k: 1000,
    peers: ["numpy"],
    slowPeers: ["scikit-activeml"],
    deterministic: true,
  },
  badge: { strategy: strategies.badge(), k: 1000, peers: ["numpy factorised"], deterministic: false },
  typiclust: { strategy: strategies.typiClust(), k: 1000, peers: ["scikit-learn"], deterministic: false },
  "ranked batch": {
    strategy: strategies.rankedBatch(),
    k: 100,
    peers: ["numpy incremental"],
    slowPeers: ["modAL"],
    deterministic: true,
  },
  "cluster-margin": {
    strategy: strategies.clusterMargin(),
    k: 1000,
    peers: [],
    slowPeers: ["scipy"],
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
    kind: { type: "string", default: "manifold" },
    items: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    slow: { type: "boolean", default: false },
  },
});
const kind = options.kind === "gaussian" ? "gaussian" : "manifold";
const folder = await Deno.makeTempDir({ prefix: "curio-query-" });
try {
  for (const [name, work] of Object.entries(works)) {
    if (name.includes(options.only)) printRows(await measure(name, work));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measure(name: string, work: Work): Promise<BenchRow[]> {
  const { strategy, k, deterministic, items } = work;
  const peers = options.peers ? [...work.peers, ...(options.slow ? work.slowPeers ?? [] : [])] : [];
  const pool = queryPool({
    items: Math.min(items ?? Infinity, Number(options.items)),
    labelled: 1000,
    features: 512,
    classes: 10,
    kind,
  });
  for (const [part, { data }] of peers.length > 0 ? Object.entries(pool) : []) {
    await Deno.writeFile(join(folder, part), bytesOf(data));
  }
  const title = `${name}, ${pool.embeddings.rows} × 512 ${kind}, k = ${k}`;
  const runners = new Map<string, () => Promise<Run>>([["curio", async () => {
    const began = performance.now();
    const { indices } = await strategy.select(viewOf(pool), k, new Random(1));
    return { seconds: (performance.now() - began) / 1000, picks: [...indices] };
  }]]);
  const started = peers.map((peer) => {
    const script = join(import.meta.dirname!, "peers", "query_peers.py");
    const process = lineProcess([options.peers!, script, folder, name, peer, String(k)]);
    runners.set(peer, () => process.ask<Run>("run"));
    return process;
  });
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [implementation, run] of runners) runs.get(implementation)!.push(await run());
  }
  for (const process of started) await process.end();

  const ours = runs.get("curio")![0].picks;
  const all = [...runs].map(([implementation, its]): BenchRuns => ({
    work: title,
    implementation,
    unit: "s",
    values: its.map(({ seconds }) => seconds),
    samePicks: deterministic ? its[0].picks.filter((pick, at) => pick === ours[at]).length / k : null,
    peakMegabytes: implementation === "curio" ? peakMegabytes() : undefined,
  }));
  return rowsOf(all);
}

interface Run {
  readonly seconds: number;
  readonly picks: readonly number[];
}

/** The most that this process has held so far, in MB. */
function peakMegabytes(): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const [, kilobytes] = Deno.readTextFileSync("/proc/self/status").match(/VmHWM:\s+(\d+)/) ?? [];
  return Math.round(Number(kilobytes) * 1024 / 1e6);
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
