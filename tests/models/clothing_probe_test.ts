import assert from "node:assert/strict";
import { join } from "node:path";
import { chooseC, embeddings, evaluationOf, linearProbe, Random, readAll } from "curio";
import { withFolder } from "../data/small_datasets.ts";
import { clothingFolder, clothingTransfer, resnet18Weights } from "./clothing_photos.ts";

const missing = [
  ...(clothingFolder ? [] : ["clothing-dataset-small/"]),
  ...(resnet18Weights ? [] : ["weights/resnet18-imagenet-half.pth"]),
];
const reason = missing.length > 0 ? ` (skipped: no data folder has ${missing.join(" or ")})` : "";

/**
 * PyTorch 2.13 and scikit-learn 1.9.1 on the same photos: torchvision's Resize(224), CenterCrop(224) and ResNet-18;
 * LogisticRegression on every third training photo (1,023), C = 0.1 the best of 10^-3.5, 10^-3 … by 5-fold
 * cross-validation of the log loss; share of right answers on validation/ and test/ (603 of 713).
 */
const accuracyOfPeers = 0.8457;

Deno.test({
  name: `a probe on ResNet-18's features of photos of clothes is as good as scikit-learn's on PyTorch's${reason}`,
  ignore: missing.length > 0,
  fn: () =>
    withFolder(async (folder) => {
      const { train, held, pretrained } = await clothingTransfer({ every: 3, cache: join(folder, "photos") });
      const { classNames } = train;
      const embed = async (part: typeof train) => await readAll(await embeddings(pretrained, part, { folder }));
      const features = await embed(train);
      const { c } = await chooseC(features, train.labels, { classNames, random: new Random(1) });
      const probe = await linearProbe(features, train.labels, { classNames, c });
      let right = 0;
      for (const part of held) {
        const probabilities = await probe.probabilities(await embed(part));
        right += part.labels.length * evaluationOf({ labels: part.labels, probabilities, classNames }).accuracy;
      }
      pretrained.network.dispose();
      assert.ok(Math.abs(right / 713 - accuracyOfPeers) <= 0.01, `accuracy ${right / 713} with C = ${c}`);
    }),
});
