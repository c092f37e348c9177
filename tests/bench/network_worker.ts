/**
 * Runs one piece of work, a repetition for each line on standard input. Answers with one line of JSON: first when the
 * first batch is done (`startupSeconds`, `idleMegabytes` from before, and the floating-point `operations` of a sample), then
 * after each repetition (`seconds`, `samples`), at last `peakMegabytes` and `growthMegabytes`.
 *
 *     deno run -A tests/bench/network_worker.ts <work> <curio | eager>
 */
import { architectures, cnn, cnnFeatureLayer, graphEngine, Random, tf } from "curio";
import { eagerEngine } from "../../lib/training/eager_engine.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { operationsOf } from "./operations_of.ts";
import { TextLineStream } from "./text_line_stream.ts";
import works from "./works.json" with { type: "json" };

/** An entry of works.json. */
export interface Work {
  /** `cnn`, an architecture, or `none` where two matrices are multiplied. */
  readonly network: string;
  readonly kind: "train" | "predict" | "frozen" | "embed" | "product";
  readonly batch: number;
  readonly batches: number;
  readonly optimizer?: "adam" | "momentum";
  readonly precision?: "bfloat16";
}

const [name, implementation] = Deno.args;
const { network: networkName, kind, batch, batches, optimizer: optimizerName, precision } =
  (works as Record<string, Work>)[name];

const [loading, idleMegabytes] = [await memory("VmHWM"), await memory("VmRSS")];
await Deno.writeTextFile("/proc/self/clear_refs", "5"); // VmHWM begins anew
const began = performance.now();
const random = new Random(1);
const { runBatch, operations } = kind === "product" ? matrixProduct() : networkBatches();

/** What the machine can do at best: the product of two square matrices, which the peers multiply too. */
function matrixProduct() {
  const side = 2048;
  const [a, b] = [1, 2].map((seed) => tf.randomNormal<tf.Rank.R2>([side, side], 0, 1, "float32", seed));
  return { runBatch: async () => await Promise.resolve(a.matMul(b).dispose()), operations: 2 * side ** 3 };
}

function networkBatches() {
  const classes = 10;
  const architecture = architectures.get(networkName);
  const side = architecture?.preprocessing.crop ?? 28;
  const channels = architecture ? 3 : 1;
  const build = architecture?.build ?? cnn;
  const network = build({ shape: { height: side, width: side, channels }, classes, random: random.child("weights") });
  if (kind === "frozen") network.layers.forEach((layer) => layer.trainable = layer.name === architecture?.headLayer);
  const pixels = side * side * channels;
  const normalization = { mean: new Array(channels).fill(0.5), deviation: new Array(channels).fill(0.25) };
  const optimizer = optimizerName && optimizerOf(optimizerName);
  const options = { normalization, featureLayer: architecture?.featureLayer ?? cnnFeatureLayer, optimizer, precision };
  const engine = implementation === "eager"
    ? eagerEngine({ network, classNames: [], ...options }, options)
    : graphEngine(network, options);

  const items = batch * Math.min(batches, 8);
  const images = Uint8Array.from({ length: items * pixels }, () => random.integer(256));
  const labels = Int32Array.from({ length: items }, () => random.integer(classes));
  const weights = new Float32Array(batch).fill(1);

  async function runBatch(): Promise<void> {
    const bytes = new Uint8Array(batch * pixels);
    const targets = new Float32Array(batch * classes);
    for (let place = 0; place < batch; place++) {
      const item = random.integer(items);
      bytes.set(images.subarray(item * pixels, (item + 1) * pixels), place * pixels);
      targets[place * classes + labels[item]] = 1;
    }
    if (optimizer) await engine.step({ images: bytes, targets, weights, learningRate: 1e-3, noiseKey: 1 });
    else await engine.forward(bytes, { output: kind === "embed" ? "features" : "logits" });
  }
  // Gradients by the input and by the weights cost as much as the forward pass, each.
  return { runBatch, operations: operationsOf(network) * (kind === "train" ? 3 : 1) };
}

/** As Linux counts it, in MB. */
async function memory(line: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

function answer(value: Readonly<Record<string, number>>): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}

await runBatch();
answer({ startupSeconds: (performance.now() - began) / 1000, idleMegabytes, operations });
await runBatch();
for await (const _ of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
  const start = performance.now();
  for (let index = 0; index < batches; index++) await runBatch();
  answer({ seconds: (performance.now() - start) / 1000, samples: batch * batches });
}
const working = await memory("VmHWM");
answer({ peakMegabytes: Math.max(loading, working), growthMegabytes: working - idleMegabytes });
Deno.exit(0);
