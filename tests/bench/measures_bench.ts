/**
 * Least confidence, margin and entropy beside NumPy and modAL on one made-up matrix, taking turns.
 *
 *     deno run -A tests/bench/measures_bench.ts [--peers <python>] [--rows 1000000] [--classes 100] [--rounds 7]
 *       [--only <part of a work>]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { entropy, leastConfidence, margin, type Matrix, Random } from "curio";
import { printRows, rowsOf } from "./bench_row.ts";
import { lineProcess } from "./line_process.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    peers: { type: "string" },
    rows: { type: "string", default: "1000000" },
    classes: { type: "string", default: "100" },
    rounds: { type: "string", default: "7" },
    only: { type: "string", default: "" },
  },
});
const measures = { leastConfidence, margin, entropy };

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

const probabilities = predictions(Number(options.rows), Number(options.classes));
const implementations = ["numpy", "modAL"];
const path = await Deno.makeTempFile({ suffix: ".f32" });
await Deno.writeFile(path, new Uint8Array(probabilities.data.buffer as ArrayBuffer));
const script = join(import.meta.dirname!, "peers", "measures_peers.py");
const peers = options.peers && lineProcess([options.peers, script, path, options.classes]);
for (const [name, measure] of Object.entries(measures)) {
  if (!name.includes(options.only)) continue;
  const seconds: Record<string, number[]> = { curio: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    const began = performance.now();
    measure(probabilities);
    seconds.curio.push((performance.now() - began) / 1000);
    if (!peers) continue;
    for (const implementation of implementations) {
      const answer = await peers.ask<{ seconds: number }>(`${implementation} ${name}`);
      (seconds[implementation] ??= []).push(answer.seconds);
    }
  }
  const work = `${name}, ${options.rows} × ${options.classes}`;
  printRows(rowsOf(
    Object.entries(seconds).map(([implementation, values]) => ({
      work,
      implementation,
      unit: "s",
      values,
    })),
  ));
}
if (peers) await peers.end();
await Deno.remove(path);
