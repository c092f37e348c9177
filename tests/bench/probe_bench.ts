/**
 * A round of active learning on embeddings, beside scikit-learn and modAL on the same numbers, taking turns:
 *
 * - `embedding round`: a linear probe is trained on 1,000 labels, scores a pool of 50,000 × 512, and margin sampling
 *   asks for 100. The pool is CIFAR-10 as ResNet-18 sees it, with its labels; where the images or the weights are not to
 *   be had, made-up embeddings with a seventh of the labels wrong. All minimise the same loss, on features as they are.
 * - `choose C`: the C of such a probe by 5-fold cross-validation among nine, on 3,000 labels.
 *
 * scikit-learn ends by the largest slope, at 1e-4 unless told otherwise: that leaves most of the picks other than the
 * minimum's. At 1e-6 and in float64 it does our work, which the share of same picks shows. Either way OpenBLAS takes all
 * cores, as it does unless told otherwise, or one, with which it is quicker here.
 *
 *     deno run -A tests/bench/probe_bench.ts [--peers <python>] [--items 50000] [--rounds 5] [--only <part of a work>]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chooseC, type LinearProbe, linearProbe, marginSampling, type Matrix, poolView, Random } from "curio";
import { type BenchRuns, bytesOf, printRows, rowsOf } from "./bench_row.ts";
import { lineProcess } from "./line_process.ts";
import { queryPool } from "./query_pool.ts";
import { resnetPool } from "./resnet_pool.ts";

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
  /** Share of the held-out labels that were right. */
  readonly accuracy: number | null;
}

interface ProbePool {
  readonly title: string;
  readonly embeddings: Matrix;
  readonly labelledEmbeddings: Matrix;
  readonly labels: Int32Array;
  readonly heldOut?: { readonly embeddings: Matrix; readonly labels: ArrayLike<number> };
}

interface Work {
  readonly labelled: number;
  readonly items: number;
  readonly peers: readonly Peer[];
  run(pool: ProbePool): Promise<{ readonly picks: ArrayLike<number>; readonly probe?: LinearProbe }>;
}

interface Peer {
  readonly name: string;
  readonly tolerance: number;
  readonly threads?: number;
}

const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);
const cs = Array.from({ length: 9 }, (_, place) => 10 ** (place / 2 - 4));
const tolerances = [1e-4, 1e-6];
const threadings: readonly Pick<Peer, "name" | "threads">[] = [{ name: "" }, { name: ", one BLAS thread", threads: 1 }];

const works: Readonly<Record<string, Work>> = {
  "embedding round": {
    labelled: 1000,
    items: Number(options.items),
    peers: tolerances.flatMap((tolerance) =>
      threadings.map(({ name, threads }) => ({
        name: `scikit-learn and modAL, tolerance ${tolerance.toExponential()}${name}`,
        tolerance,
        threads,
      }))
    ),
    async run({ embeddings, labelledEmbeddings, labels }) {
      const probe = await linearProbe(labelledEmbeddings, labels, { classNames });
      const view = poolView({ classCount: 10, probabilities: await probe.probabilities(embeddings) });
      return { picks: (await marginSampling().select(view, 100, new Random(1))).indices, probe };
    },
  },
  "choose C": {
    labelled: 3000,
    items: 1,
    peers: threadings.map(({ name, threads }) => ({ name: `scikit-learn${name}`, tolerance: 1e-4, threads })),
    async run({ labelledEmbeddings, labels }) {
      await chooseC(labelledEmbeddings, labels, { classNames, cs, random: new Random(1) });
      return { picks: [] };
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

async function measure(name: string, { labelled, items, peers, run }: Work): Promise<BenchRuns[]> {
  const pool = await poolOf({ items, labelled });
  const runners = new Map<string, () => Promise<Run>>([["curio", async () => {
    const began = performance.now();
    const { picks, probe } = await run(pool);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, picks: Array.from(picks), accuracy: await accuracyOf(probe, pool) };
  }]]);
  if (options.peers !== undefined) await writePool(pool);
  const processes = options.peers === undefined ? [] : peers.map((peer) => {
    const script = join(import.meta.dirname!, "peers", "probe_peers.py");
    const env: Record<string, string> = peer.threads ? { OPENBLAS_NUM_THREADS: `${peer.threads}` } : {};
    const process = lineProcess([options.peers!, script, folder, name, `${peer.tolerance}`], { env });
    runners.set(peer.name, () => process.ask<Run>("run"));
    return process;
  });
  const runs = new Map([...runners.keys()].map((implementation) => [implementation, [] as Run[]]));
  // The first of each is a warm-up.
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [implementation, once] of runners) {
      const result = await once();
      if (round > 0) runs.get(implementation)!.push(result);
    }
  }
  for (const process of processes) await process.end();
  const ours = runs.get("curio")![0].picks;
  return [...runs].map(([implementation, its]) => ({
    work: `${name}, ${items > 1 ? `${items} × 512 ${pool.title}, ` : ""}${labelled} labels`,
    implementation,
    unit: "s",
    values: its.map(({ seconds }) => seconds),
    samePicks: ours.length === 0 ? null : its[0].picks.filter((pick) => ours.includes(pick)).length / ours.length,
    ...its[0].accuracy !== null && { accuracy: its[0].accuracy },
  }));
}

/** The real one, where it can be had. */
async function poolOf(size: { readonly items: number; readonly labelled: number }): Promise<ProbePool> {
  try {
    return { title: "of ResNet-18", ...await resnetPool(size) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const labels = Int32Array.from({ length: size.labelled }, (_, row) => row % 7 === 0 ? row % 3 : row % 10);
  return { title: "made up", ...queryPool({ ...size, features: 512, classes: 10, kind: "manifold" }), labels };
}

async function accuracyOf(probe: LinearProbe | undefined, { heldOut }: ProbePool): Promise<number | null> {
  if (!probe || !heldOut) return null;
  const { columns, data } = await probe.probabilities(heldOut.embeddings);
  const right = Array.from(heldOut.labels).filter((label, row) => {
    const beliefs = data.subarray(row * columns, (row + 1) * columns);
    return beliefs.indexOf(Math.max(...beliefs)) === label;
  });
  return right.length / heldOut.labels.length;
}

async function writePool({ embeddings, labelledEmbeddings, labels, heldOut }: ProbePool): Promise<void> {
  const parts = {
    embeddings: embeddings.data,
    labelledEmbeddings: labelledEmbeddings.data,
    labels,
    heldOutEmbeddings: heldOut?.embeddings.data ?? new Float32Array(0),
    heldOutLabels: Int32Array.from(heldOut?.labels ?? []),
  };
  for (const [part, data] of Object.entries(parts)) await Deno.writeFile(join(folder, part), bytesOf(data));
}
