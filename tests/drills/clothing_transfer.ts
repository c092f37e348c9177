/**
 * Transfer of a ResNet-18 from ImageNet to clothing-dataset-small, all 3,068 training photos, measured on the 713 of
 * `validation/` and `test/`: a linear probe, its C by cross-validation on the training photos, and from there (LP-FT:
 * Kumar et al., 2022) fine-tuning at full depth. Says accuracies and seconds.
 *
 *     CURIO_DATA=<folder> deno run -A tests/drills/clothing_transfer.ts [--epochs 6] [--rate 0.0003] [--decay 1.6]
 *       [--batch 32] [--seed 1]
 */
import { parseArgs } from "node:util";
import {
  chooseC,
  type Dataset,
  embeddings,
  type Evaluation,
  evaluationOf,
  fineTune,
  linearProbe,
  type Matrix,
  NetworkClassifier,
  Random,
  readAll,
  setHead,
} from "curio";
import { clothingTransfer } from "../models/clothing_photos.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    epochs: { type: "string", default: "6" },
    rate: { type: "string", default: "0.0003" },
    decay: { type: "string", default: "1.6" },
    batch: { type: "string", default: "32" },
    seed: { type: "string", default: "1" },
  },
});
const random = new Random(Number(options.seed));
const { train, held, pretrained } = await clothingTransfer();
const { classNames } = train;
const classifier = new NetworkClassifier(pretrained);
let began = performance.now();

const embed = async (part: Dataset) => await readAll(await embeddings(classifier, part));
const features = await embed(train);
const heldFeatures: Matrix[] = [];
for (const part of held) heldFeatures.push(await embed(part));
report("embedding");
const { c, scores } = await chooseC(features, train.labels, { classNames, random: random.child("folds") });
report(`choosing C = ${c} among ${scores.length}`);
const probe = await linearProbe(features, train.labels, { classNames, c });
await measure("probe", (place) => probe.probabilities(heldFeatures[place]));

setHead(classifier.network, probe);
await fineTune(classifier, train, {
  random: random.child("fine-tuning"),
  epochs: Number(options.epochs),
  headEpochs: 0,
  batchSize: Number(options.batch),
  learningRate: Number(options.rate),
  rateDecay: Number(options.decay),
  labelSmoothing: 0.1,
  augmentation: { flip: true, crop: 24, fill: [124, 116, 104] },
  onEpoch: ({ epoch, loss, accuracy, seconds }) =>
    console.log(`  epoch ${epoch}: loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, ${seconds.toFixed(0)} s`),
});
report("fine-tuning");
await measure("fine-tuned", (place) => classifier.probabilities(held[place].images));
await classifier.dispose();

async function measure(name: string, probabilitiesOf: (place: number) => Promise<Matrix>): Promise<void> {
  const parts: Evaluation[] = [];
  for (const [place, { labels }] of held.entries()) {
    parts.push(evaluationOf({ labels, probabilities: await probabilitiesOf(place), classNames }));
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const mean = (of: (part: Evaluation) => number) =>
    parts.reduce((sum, part) => sum + part.count * of(part), 0) / count;
  const [accuracy, loss] = [mean((part) => part.accuracy), mean((part) => part.loss)];
  report(`${name}: accuracy ${accuracy.toFixed(4)}, loss ${loss.toFixed(4)} on ${count} photos`);
}

function report(what: string): void {
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  began = performance.now();
}
