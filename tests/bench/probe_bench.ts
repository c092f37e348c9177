/**
 * A round of active learning on embeddings, beside scikit-learn and modAL on the same numbers, taking turns:
 *
 * - `embedding round`: a linear probe is trained on 1,000 labels, scores a pool of 50,000 × 512, and margin sampling
 *   asks for 100. A seventh of the labels are wrong, so that the classes cannot be separated.
 * - `choose C`: the C of such a probe by 5-fold cross-validation among nine, on 3,000 labels.
 *
 *     deno run -A tests/bench/probe_bench.ts [--peers <python>] [--items 50000] [--rounds 5] [--only <part of a work>]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chooseC, linearProbe, marginSampling, poolView, Random } from "curio";
import { type BenchRuns, bytesOf, printRows, rowsOf } from "./bench_row.ts";
import { lineProcess } from "./line_process.ts";
import { queryPool } from "./query_pool.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    peers: { type: "string" },
    items: { type: "string", default: "50000" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
  },
});

interface Run {
  readonly seconds: number;
  readonly picks: readonly number[];
}

interface Work {
  readonly labelled: number;
  readonly items: number;
  readonly peer: string;
  /** @returns the items asked for */
  run(pool: ReturnType<typeof queryPool>, labels: Int32Array): Promise<ArrayLike<number>>;
}

const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);
const cs = Array.from({ length: 9 }, (_, place) => 10 ** (place / 2 - 4));

const works: Readonly<Record<string, Work>> = {
  "embedding round": {
    labelled: 1000,
    items: Number(options.items),
    peer: "scikit-learn and modAL",
    async run({ embeddings, labelledEmbeddings }, labels) {
      const probe = await linearProbe(labelledEmbeddings, labels, { classNames });
      const view = poolView({ classCount: 10, probabilities: await probe.probabilities(embeddings) });
      return (await marginSampling().select(view, 100, new Random(1))).indices;
    },
  },
  "choose C": {
    labelled: 3000,
    items: 1,
    peer: "scikit-learn",
    async run({ labelledEmbeddings }, labels) {
      await chooseC(labelledEmbeddings, labels, { classNames, cs, random: new Random(1) });
      return [];
    },
  },
};

const folder = await Deno.makeTempDir({ prefix: "curio-probe-" });
try {
  for (const [name, work] of Object.entries(works)) {
    if (name.includes(options.only)) printRows(rowsOf(await measure(name, work)));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function measure(name: string, { labelled, items, peer, run }: Work): Promise<BenchRuns[]> {
  const pool = queryPool({ items, labelled, features: 512, classes: 10, kind: "manifold" });
  const labels = Int32Array.from({ length: labelled }, (_, row) => row % 7 === 0 ? row % 3 : row % 10);
  const runners = new Map<string, () => Promise<Run>>([["curio", async () => {
    const began = performance.now();
    const picks = await run(pool, labels);
    return { seconds: (performance.now() - began) / 1000, picks: Array.from(picks) };
  }]]);
  const process = options.peers === undefined ? undefined : await startPeer(name);
  if (process) runners.set(peer, () => process.ask<Run>("run"));
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  // The first of each is a warm-up.
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [implementation, once] of runners) {
      const result = await once();
      if (round > 0) runs.get(implementation)!.push(result);
    }
  }
  await process?.end();
  const ours = runs.get("curio")![0].picks;
  return [...runs].map(([implementation, its]) => ({
    work: `${name}, ${items > 1 ? `${items} × 512, ` : ""}${labelled} labels`,
    implementation,
    unit: "s",
    values: its.map(({ seconds }) => seconds),
    samePicks: ours.length === 0 ? null : its[0].picks.filter((pick) => ours.includes(pick)).length / ours.length,
  }));

  async function startPeer(work: string) {
    await Deno.writeFile(join(folder, "embeddings"), bytesOf(pool.embeddings.data));
    await Deno.writeFile(join(folder, "labelledEmbeddings"), bytesOf(pool.labelledEmbeddings.data));
    await Deno.writeFile(join(folder, "labels"), bytesOf(labels));
    return lineProcess([options.peers!, join(import.meta.dirname!, "peers", "probe_peers.py"), folder, work]);
  }
}
