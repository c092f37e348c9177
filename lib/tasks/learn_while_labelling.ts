import pl from "nodejs-polars";
import { basename, dirname, join, relative } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { DownloadError } from "../data/download/download_error.ts";
import { loadPhotos } from "../data/photos/load_photos.ts";
import { humanOracle } from "../labeling/human_oracle.ts";
import type { LabelStore } from "../labeling/label_store.ts";
import { activeLearning } from "../learning/active_learning.ts";
import { probeRecipe } from "../learning/probe_recipe.ts";
import { embeddings } from "../models/embeddings.ts";
import { loadBackbone } from "../models/load_backbone.ts";
import { likeliestClasses } from "../query/votes.ts";
import { typiClustSampling } from "../query/typi_clust.ts";
import { uncertainThenDiverseSampling } from "../query/uncertain_then_diverse.ts";
import { liveProgress } from "../report/live_progress.ts";
import { type Matrix, rowOf } from "../runtime/matrix.ts";
import { Random } from "../runtime/random.ts";
import { readAll } from "../runtime/row_reader.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { say } from "./terminal.ts";

/** What {@linkcode learnWhileLabelling} is told. */
export interface LearnOptions {
  /** Folder of the photos. */
  readonly images: string;
  /** Who labels. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly host?: string;
  readonly port?: number;
}

/** Those tried first come first: name, and the photos' size in pixels. */
const backbones = [["resnet18", 224], ["resnet20-cifar10", 32]] as const;

/**
 * The loop of active learning behind the page, for a folder of photos and nobody's notebook: embeddings of a pretrained
 * network, a cold start by typicality, then a linear probe that asks for what it is unsure of, spread out. After each
 * round the probe's opinion of all photos is written beside the store. Photos that were answered before are not asked
 * again.
 */
export async function learnWhileLabelling(store: LabelStore, options: LearnOptions): Promise<void> {
  const { images, name, signal, ...server } = options;
  const { title, overlap, classNames } = store.project;
  const { photos, features } = await lookAtPhotos(images, { title, classNames, signal });
  const refs = photos.files!.map((file) => relative(images, file).replaceAll("\\", "/"));
  const predictions = join(dirname(store.path), "predictions.csv");
  await using oracle = humanOracle(photos, { ...server, store: store.path, name, title, overlap, refs, features });
  const batchSize = Math.max(10, 2 * classNames.length);
  try {
    const rounds = activeLearning({
      pool: { ...photos, features },
      estimator: probeRecipe({ classNames }),
      oracle,
      strategy: uncertainThenDiverseSampling(),
      initial: { size: Math.min(refs.length, Math.max(20, 3 * classNames.length)), by: typiClustSampling() },
      batchSize,
      random: new Random(1),
      signal,
      async onTrained(estimator, round) {
        const opinion = await estimator.probabilities(features);
        await writeFileAtomic(predictions, predictionTable(opinion, { refs, classNames }));
        say(`Round ${round}: what the model makes of all ${refs.length} photos is in ${predictions}.`);
      },
    });
    for await (const { labels, stopped } of rounds) if (stopped) say(`Learnt from ${labels} labels: ${stopped.reason}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  say(`Labels are in ${store.path}; take them out with: deno task label --images ${images} --export labels.csv`);
}

interface PhotosOptions {
  readonly title: string;
  readonly classNames: readonly string[];
  readonly signal: AbortSignal;
}

/** The photos of a folder, and what the best network that is to be had sees in them. */
async function lookAtPhotos(folder: string, { title, classNames, signal }: PhotosOptions) {
  const onProgress = liveProgress();
  for (const [place, [backbone, crop]] of backbones.entries()) {
    const { images, files, checksum, unreadable } = await loadPhotos(folder, {
      preprocessing: { crop },
      signal,
      onProgress,
    });
    for (const { file, reason } of unreadable) say(`Left out: ${basename(file)}: ${reason}`);
    const photos: Dataset = { name: title, images, files, classNames, checksum, labels: new Int32Array(images.count) };
    try {
      const network = await loadBackbone(backbone, { target: photos, random: new Random(1), onProgress });
      try {
        const features: Matrix = await readAll(await embeddings(network, photos, { signal, onProgress }));
        return { photos, features };
      } finally {
        await network.dispose();
      }
    } catch (error) {
      if (!(error instanceof DownloadError) || place === backbones.length - 1) throw error;
      say(`${error.message}\nA smaller network is used instead.`);
    }
  }
  throw new RangeError("Cannot learn: there must be a backbone: current value is none.");
}

function predictionTable(
  opinion: Matrix,
  { refs, classNames }: { readonly refs: readonly string[]; readonly classNames: readonly string[] },
): Uint8Array {
  const likeliest = likeliestClasses(opinion);
  const rows = refs.map((path, row) => ({
    path,
    prediction: classNames[likeliest[row]],
    confidence: rowOf(opinion, row)[likeliest[row]],
  }));
  return new Uint8Array(pl.DataFrame(rows).writeCSV());
}
