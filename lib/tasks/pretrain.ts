import { join } from "node:path";
import { parseArgs } from "node:util";
import { catalogueEntry } from "../data/catalogue.ts";
import { channelStatistics } from "../data/channel_statistics.ts";
import type { TrainAndTest } from "../data/dataset.ts";
import { loadDataset } from "../data/load_dataset.ts";
import { type Architecture, normalizationFor } from "../models/architecture.ts";
import { architectureOf } from "../models/architectures.ts";
import { modelSummary } from "../models/model_summary.ts";
import { NetworkClassifier } from "../models/network_classifier.ts";
import { saveWeights } from "../models/weights/save_weights.ts";
import { liveProgress } from "../report/live_progress.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { Random } from "../runtime/random.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { cosineDecay, warmUp } from "../training/schedules.ts";
import { isExpected } from "./expected_error.ts";
import { modelCard, type ModelCardOptions } from "./model_card.ts";
import { say } from "./terminal.ts";

const usage = `deno task pretrain [--architecture NAME] [--dataset NAME] [--epochs N] [--seed N] [--name NAME]
                   [--output FOLDER] [--note TEXT]

Trains a network from scratch on all training images of a dataset, tests it once, and writes NAME.safetensors, for
loadBackbone, and its model card NAME.md. Stopped, it goes on from NAME.checkpoint when the same is typed again.
  --architecture  cifar_resnet20 by default
  --dataset       a name of the catalogue; cifar-10 by default
  --epochs        40 by default
  --seed          1 by default
  --name          the architecture's and the dataset's by default
  --output        data/pretrained by default
  --note          what else the card should say of the data`;

/** Trains a backbone and writes its card; the exit code is 0 once both are there. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      architecture: { type: "string", default: "cifar_resnet20" },
      dataset: { type: "string", default: "cifar-10" },
      epochs: { type: "string", default: "40" },
      seed: { type: "string", default: "1" },
      name: { type: "string" },
      output: { type: "string", default: "data/pretrained" },
      note: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const { architecture, dataset, output, note, name = `${architecture}-${dataset}` } = values;
  const progress = liveProgress();
  let written;
  try {
    const options = {
      architecture: architectureOf(architecture),
      entry: catalogueEntry(dataset),
      epochs: wholeNumber("epochs", values.epochs),
      seed: wholeNumber("seed", values.seed),
      command: ["deno task pretrain", ...args.map(quoted)].join(" "),
    };
    const images = await loadDataset(dataset, { onProgress: progress });
    written = await pretrain(images, { ...options, name, output, note, onProgress: progress });
  } catch (error) {
    if (!isExpected(error)) throw error;
    say(error.message);
    return 1;
  } finally {
    await progress.done();
  }
  if (!written) return 130;
  say(`${written.file}: ${(100 * written.accuracy).toFixed(2)} % of the test images`);
  return 0;
}

/** What {@linkcode pretrain} makes, and of what. */
export interface PretrainOptions extends Pick<ModelCardOptions, "entry" | "name" | "note" | "command" | "seed"> {
  readonly architecture: Architecture;
  readonly epochs: number;
  /** The folder for weights, card and checkpoint. */
  readonly output: string;
  readonly onProgress?: ProgressListener;
}

/**
 * Trains a network by a recipe that is fixed beforehand, tests it once, and writes weights and card.
 *
 * @returns the weights' file and the accuracy on the test images; nothing if it was stopped
 */
export async function pretrain(
  { train, test }: TrainAndTest,
  { architecture, entry, epochs, seed, name, output, note, command, onProgress }: PretrainOptions,
): Promise<{ file: string; accuracy: number } | undefined> {
  const { classNames, images: { shape } } = train;
  const random = new Random(seed);
  const network = architecture.build({ shape, classes: classNames.length, random: random.child("weights") });
  const { featureLayer, preprocessing } = architecture;
  const normalization = normalizationFor(preprocessing, shape.channels);
  const classifier = new NetworkClassifier({ network, classNames, featureLayer, normalization });
  const { mean } = await channelStatistics(train);
  const recipe = {
    batchSize: 128,
    optimizer: { name: "nesterov", momentum: 0.9, weightDecay: 5e-4 },
    augmentation: { crop: 4, flip: true, fill: mean.map((share) => Math.round(255 * share)) },
  } as const;
  const checkpoint = join(output, `${name}.checkpoint`);
  try {
    const history = await classifier.fit(train, {
      ...recipe,
      epochs,
      learningRate: warmUp(cosineDecay(0.1), { share: 0.05 }),
      random: random.child("fit"),
      checkpoint: { path: checkpoint },
      onProgress,
    });
    if (history.stopped === "aborted") return undefined;
    const evaluation = await classifier.evaluate(test);
    const { accuracy } = evaluation;
    const checksums = [train.checksum, test.checksum] as const;
    const file = join(output, `${name}.safetensors`);
    await saveWeights(network, file, {
      naming: architecture.convention,
      namePrefix: architecture.namePrefix,
      metadata: {
        architecture: architecture.name,
        dataset: entry.name,
        classNames: classNames.join("\n"),
        checksums: checksums.join("\n"),
        testAccuracy: `${accuracy}`,
        seed: `${seed}`,
      },
    });
    const parameters = modelSummary(network).reduce((sum, { trainable }) => sum + trainable, 0);
    const learningRate = "0.1: a climb over 5 % of the steps, then a cosine to 0";
    const card = modelCard({
      ...{ name, parameters, entry, checksums, note, seed, history, evaluation, command },
      architecture: architecture.name,
      recipe: { ...recipe, learningRate },
      date: new Date(),
    });
    await writeFileAtomic(join(output, `${name}.md`), card);
    await Deno.remove(checkpoint);
    return { file, accuracy };
  } finally {
    await classifier.dispose();
  }
}

/** As a shell takes it for one word. */
function quoted(arg: string): string {
  return /^[\w./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot pretrain: --${option} must be a positive integer: current value is ${text}`);
}
