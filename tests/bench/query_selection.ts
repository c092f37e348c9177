/**
 * Measures query strategies beside their peers on one made-up pool: ours and each peer take turns, on the same numbers.
 * Prints one JSON row for each work and implementation; of works that are deterministic it compares the picks.
 *
 *     deno run -A tests/bench/query_selection.ts [--peers <python>] [--kind manifold | gaussian] [--items 50000]
 *       [--rounds 3] [--only <part of a name>] [--slow]
 *
 * `--peers` names a Python with NumPy, scikit-learn, SciPy, modAL-python and scikit-activeml; left out, only ours runs.
 * Peers that take minutes run with `--slow`.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type QueryStrategy, Random, strategies } from "curio";
import { queryPool, viewOf } from "./query_pool.ts";
import { TextLineStream } from "./text_line_stream.ts";

/** One line of the result. */
export interface SelectionRow {
  readonly work: string;
  readonly implementation: string;
  readonly unit: "s";
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Seconds of the fastest peer ÷ ours; null in rows of peers. */
  readonly ratioToFastestPeer: number | null;
  /** Share of our picks that the implementation makes too, in the same places; null where draws decide. */
  readonly samePicks: number | null;
  /** The most memory that this process has held so far, inputs included; null in rows of peers and off Linux. */
  readonly peakMegabytes: number | null;
}

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
    if (name.includes(options.only)) { for (const row of await measure(name, work)) console.log(JSON.stringify(row)); }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measure(name: string, work: Work): Promise<SelectionRow[]> {
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
  const started = peers.map((peer) => startPeer(options.peers!, { work: name, peer, k }));
  peers.forEach((peer, place) => runners.set(peer, started[place].run));
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [implementation, run] of runners) runs.get(implementation)!.push(await run());
  }
  for (const peer of started) await peer.stop();

  const ours = runs.get("curio")!;
  const medians = new Map([...runs].map(([implementation, all]) => [implementation, spread(all).median]));
  const fastest = Math.min(...[...medians].filter(([implementation]) => implementation !== "curio").map(([, m]) => m));
  return [...runs].map(([implementation, all]) => ({
    work: title,
    implementation,
    unit: "s",
    ...spread(all),
    ratioToFastestPeer: implementation === "curio" && fastest < Infinity ? fastest / medians.get("curio")! : null,
    samePicks: deterministic ? all[0].picks.filter((pick, at) => pick === ours[0].picks[at]).length / k : null,
    peakMegabytes: implementation === "curio" ? peakMegabytes() : null,
  }));
}

interface Run {
  readonly seconds: number;
  readonly picks: readonly number[];
}

function startPeer(python: string, { work, peer, k }: { work: string; peer: string; k: number }) {
  const process = new Deno.Command(python, {
    args: [join(import.meta.dirname!, "peers", "query_peers.py"), folder, work, peer, String(k)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  return {
    async run(): Promise<Run> {
      await writer.write(new TextEncoder().encode("run\n"));
      const { value } = await lines.read();
      if (value === undefined) throw new Error(`The peer ${peer} ended without an answer; run it by hand to see why.`);
      return JSON.parse(value);
    },
    async stop(): Promise<void> {
      await writer.close();
      await process.status;
    },
  };
}

function spread(runs: readonly Run[]): { median: number; low: number; high: number } {
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b);
  return { median: seconds[seconds.length >> 1], low: seconds[0], high: seconds[seconds.length - 1] };
}

function peakMegabytes(): number | null {
  if (Deno.build.os !== "linux") return null;
  const [, kilobytes] = Deno.readTextFileSync("/proc/self/status").match(/VmHWM:\s+(\d+)/) ?? [];
  return Math.round(Number(kilobytes) * 1024 / 1e6);
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
