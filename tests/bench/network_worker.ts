/**
 * Runs one piece of work, a repetition for each line on standard input. Answers with one line of JSON: first when the
 * first batch is done (`startupSeconds`, and `idleMegabytes` from before), then after each repetition (`seconds`,
 * `samples`), at last `peakMegabytes`.
 *
 *     deno run -A tests/bench/network_worker.ts <work> <curio | eager>
 */
import { architectures, cnn, cnnFeatureLayer, graphEngine, Random } from "curio";
import { eagerEngine } from "../../lib/training/eager_engine.ts";
import { optimizerOf } from "../../lib/training/optimizers.ts";
import { TextLineStream } from "./text_line_stream.ts";
import works from "./works.json" with { type: "json" };

/** An entry of works.json. */
export interface Work {
  /** `cnn`, or an architecture. */
  readonly network: string;
  readonly kind: "train" | "predict" | "frozen" | "embed";
  readonly batch: number;
  readonly batches: number;
  readonly optimizer?: "adam" | "momentum";
  readonly precision?: "bfloat16";
}

const [name, implementation] = Deno.args;
const { network: networkName, kind, batch, batches, optimizer: optimizerName, precision } =
  (works as Record<string, Work>)[name];

const idleMegabytes = await memory("VmRSS");
const began = performance.now();
const random = new Random(1);
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
const options = { normalization, featureLayer: architecture?.featureLayer ?? cnnFeatureLayer, optimizer };
const engine = implementation === "eager"
  ? eagerEngine({ network, classNames: [], ...options }, options)
  : graphEngine(network, { ...options, precision });

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

/** As Linux counts it, in MB. */
async function memory(line: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

function answer(value: Readonly<Record<string, number>>): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}

await runBatch();
answer({ startupSeconds: (performance.now() - began) / 1000, idleMegabytes });
await runBatch();
for await (const _ of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
  const start = performance.now();
  for (let index = 0; index < batches; index++) await runBatch();
  answer({ seconds: (performance.now() - start) / 1000, samples: batch * batches });
}
answer({ peakMegabytes: await memory("VmHWM") });
Deno.exit(0);
