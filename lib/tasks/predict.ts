import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ImageSource } from "../data/dataset.ts";
import { loadPhotos, type Photos } from "../data/photos/load_photos.ts";
import { loadClassifier, NetworkClassifier } from "../models/network_classifier.ts";
import { loadPretrained } from "../models/weights/load_pretrained.ts";
import { weightCatalogue } from "../models/weights/weight_catalogue.ts";
import { reportsFolder } from "../report/reports_folder.ts";
import { table } from "../report/table.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import type { ProgressListener } from "../runtime/progress.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { inputShapeOf } from "../training/trainable.ts";
import { isExpected } from "./expected_error.ts";
import { type Prediction, predictionPage } from "./prediction_page.ts";
import { say, statusLine } from "./terminal.ts";

const usage = `deno task predict MODEL FOLDER [--resize N|stretch] [--reports FOLDER]

Says what a model sees in each photo of a folder and its subfolders: a CSV file and a gallery in reports/.

  MODEL    a folder that a classifier was saved in, a file of weights, or one of these:
           ${[...weightCatalogue.keys()].join(", ")}
  --resize how photos become the model's squares: the shorter side to N pixels, then the middle; or stretch.
           By default as the model's own photos did, where that is known; else the shorter side to the square's`;

/** Predicts a folder of photos. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { resize: { type: "string" }, reports: { type: "string" }, help: { type: "boolean" } },
  });
  const [model, folder] = positionals;
  if (values.help || folder === undefined || positionals.length > 2) {
    say(usage);
    return values.help ? 0 : 2;
  }
  try {
    return await predict({ model, folder: resolve(folder), ...values });
  } catch (error) {
    if (!isExpected(error)) throw error;
    say(error.message);
    return 1;
  }
}

interface Wanted {
  readonly model: string;
  readonly folder: string;
  readonly resize?: string;
  readonly reports?: string;
}

async function predict({ model, folder, resize, reports = reportsFolder() }: Wanted): Promise<number> {
  const line = statusLine("Predicting:");
  const onProgress: ProgressListener = (event) => {
    if (event.kind === "note") line.update(event.text);
    if (event.kind === "advance") line.update(`${event.task} ${event.done}${event.total ? ` of ${event.total}` : ""}`);
  };
  const wanted = resize === undefined || resize === "stretch" ? resize : Number(resize);
  const classifier = await openModel(model, onProgress);
  try {
    const { height: crop, channels } = inputShapeOf(classifier.network);
    const { preprocessing = { crop } } = classifier;
    const photos = await loadPhotos(folder, {
      preprocessing: { ...preprocessing, ...wanted !== undefined && { resize: wanted } },
      onProgress,
    });
    const images = channels === 1 ? greyImages(photos.images) : photos.images;
    const probabilities = photos.files.length === 0
      ? { rows: 0, columns: 0, data: new Float32Array(0) }
      : await classifier.probabilities(images, { batchSize: 32, onProgress });
    const predictions = predictionsOf({ photos, folder, probabilities, classNames: classifier.classNames });
    const unreadable = photos.unreadable.map(({ file, reason }) => ({ file: relative(folder, file), reason }));
    const stem = join(resolve(reports), `predictions-${safeName(basename(folder))}`);
    await writeFileAtomic(`${stem}.csv`, predictionsCsv(predictions, unreadable));
    const title = `${basename(folder)}, as ${basename(model)} sees it`;
    const page = await predictionPage({ title, predictions, unreadable, images: photos.images });
    await writeFileAtomic(`${stem}.html`, page);
    line.end(`photos: ${predictions.length}, files that are none: ${unreadable.length}`);
    for (const { file, reason } of unreadable) say(`  ${file}: ${reason}`);
    say(`${stem}.csv\n${stem}.html`);
    return 0;
  } catch (error) {
    line.end("stopped");
    throw error;
  } finally {
    await classifier.dispose();
  }
}

/** A saved classifier, or pretrained weights. */
async function openModel(model: string, onProgress: ProgressListener): Promise<NetworkClassifier> {
  const isFolder = await Deno.stat(model).then(({ isDirectory }) => isDirectory, () => false);
  if (!isFolder) return new NetworkClassifier(await loadPretrained(model, { onProgress }));
  const classifier = await loadClassifier(model);
  const { height, width } = inputShapeOf(classifier.network);
  if (height !== width) {
    await classifier.dispose();
    throw new RangeError(
      `Cannot predict photos with ${model}: its images must be squares: current value is ${height}×${width}. ` +
        "Predict from a notebook, where images can be made to fit.",
    );
  }
  return classifier;
}

/** The five likeliest classes of each photo. */
export function predictionsOf(
  { photos, folder, probabilities, classNames }: {
    readonly photos: Pick<Photos, "files">;
    readonly folder: string;
    readonly probabilities: Matrix;
    readonly classNames: readonly string[];
  },
): Prediction[] {
  return photos.files.map((file, index) => {
    const row = rowOf(probabilities, index);
    const order = Array.from(row.keys()).sort((one, other) => row[other] - row[one] || one - other).slice(0, 5);
    const top = order.map((place) => ({ className: classNames[place], probability: row[place] }));
    return { file: relative(folder, file), top };
  });
}

/** One line a file, sorted by folder and name: those that are no photos have a reason instead of a class. */
export function predictionsCsv(
  predictions: readonly Prediction[],
  unreadable: readonly { readonly file: string; readonly reason: string }[],
): string {
  const rows = [
    ...predictions.map(({ file, top }) => ({
      file,
      predicted: top[0].className,
      probability: Number(top[0].probability.toFixed(6)),
      "top 5": top.map(({ className, probability }) => `${className} ${probability.toFixed(4)}`).join("; "),
      unreadable: null,
    })),
    ...unreadable.map(({ file, reason }) => ({
      ...{ file, predicted: null, probability: null, "top 5": null },
      unreadable: reason,
    })),
  ];
  return table(rows).frame.writeCSV().toString();
}

/** Photos as grey images: luma as ITU-R BT.601 has it, in Pillow's fixed-point numbers. */
function greyImages({ count, shape, read }: ImageSource): ImageSource {
  return {
    count,
    shape: { ...shape, channels: 1 },
    async read(indices) {
      const colours = await read(indices);
      const greys = new Uint8Array(colours.length / 3);
      for (let to = 0, at = 0; to < greys.length; to++, at += 3) {
        greys[to] = (19595 * colours[at] + 38470 * colours[at + 1] + 7471 * colours[at + 2] + 32768) >> 16;
      }
      return greys;
    },
  };
}

function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-") || "folder";
}
