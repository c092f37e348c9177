/**
 * Measures least confidence, margin and entropy beside NumPy and modAL on one made-up matrix, taking turns. Processor
 * seconds are compared, which a busy machine disturbs least; everything here runs on one thread.
 *
 *     deno run -A tests/bench/query_uncertainty.ts [--peers <python>] [--rows 1000000] [--classes 100] [--rounds 5]
 *
 * `--peers` names a Python with NumPy, and modAL-python if that is to be measured; left out, only ours runs.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { entropy, leastConfidence, margin, type Matrix, Random, topK } from "curio";
import { TextLineStream } from "./text_line_stream.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    peers: { type: "string" },
    rows: { type: "string", default: "1000000" },
    classes: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
  },
});
const measures = { leastConfidence, margin, entropy };

/** Seconds of one run. */
interface Seconds {
  readonly wall: number;
  readonly processor: number;
}

/** Softmax of 3 × normal numbers. */
function predictions(rows: number, columns: number): Matrix {
  const random = new Random("predictions");
  const powers = Float32Array.from({ length: 2 ** 16 }, () => Math.exp(3 * random.normal()));
  const data = new Float32Array(rows * columns);
  for (let start = 0; start < data.length; start += columns) {
    let sum = 0;
    for (let at = start; at < start + columns; at++) sum += data[at] = powers[random.uint32() & 0xffff];
    for (let at = start; at < start + columns; at++) data[at] /= sum;
  }
  return { rows, columns, data };
}

function timed(work: () => void): Seconds {
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(processor);
  return { wall: (performance.now() - wall) / 1e3, processor: (user + system) / 1e6 };
}

/** Starts the Python that has the peers; each call of `run` measures one of them once. */
async function startPeers(python: string, { columns, data }: Matrix) {
  const path = await Deno.makeTempFile({ suffix: ".f32" });
  await Deno.writeFile(path, new Uint8Array(data.buffer as ArrayBuffer));
  const script = join(import.meta.dirname!, "peers", "uncertainty_peers.py");
  const child = new Deno.Command(python, { args: [script, path, String(columns)], stdin: "piped", stdout: "piped" })
    .spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const writer = child.stdin.getWriter();
  const { implementations }: { implementations: string[] } = JSON.parse((await lines.read()).value!);
  return {
    implementations,
    async run(implementation: string, measure: string): Promise<Seconds> {
      await writer.write(new TextEncoder().encode(`${implementation} ${measure}\n`));
      return JSON.parse((await lines.read()).value!);
    },
    async end(): Promise<void> {
      await writer.close();
      await child.status;
      await Deno.remove(path);
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const probabilities = predictions(Number(options.rows), Number(options.classes));
const peers = options.peers ? await startPeers(options.peers, probabilities) : undefined;
for (const [name, measure] of Object.entries(measures)) {
  const seconds = new Map<string, Seconds[]>();
  for (let round = 0; round < Number(options.rounds); round++) {
    const take = (implementation: string, one: Seconds) =>
      seconds.set(implementation, [...seconds.get(implementation) ?? [], one]);
    take("curio", timed(() => measure(probabilities)));
    for (const peer of peers?.implementations ?? []) take(peer, await peers!.run(peer, name));
  }
  const typical = (implementation: string, kind: keyof Seconds) =>
    median(seconds.get(implementation)!.map((one) => one[kind]));
  for (const implementation of seconds.keys()) {
    const processor = typical(implementation, "processor");
    console.log(JSON.stringify({
      work: `${name} ${options.rows} × ${options.classes}`,
      implementation,
      processorSeconds: processor,
      wallSeconds: typical(implementation, "wall"),
      ratioToCurio: processor / typical("curio", "processor"),
    }));
  }
}
const scores = leastConfidence(probabilities);
const random = new Random(1);
const selection = Array.from({ length: 5 }, () => timed(() => topK(scores, 1000, { random })).processor);
console.log(
  JSON.stringify({
    work: `topK 1000 of ${options.rows}`,
    implementation: "curio",
    processorSeconds: median(selection),
  }),
);
await peers?.end();
