import { join } from "node:path";
import { dataFolders, type Dataset, imageFolder, loadPretrained, type Pretrained, Random, subset } from "curio";

/** A folder or file in the first data folder that has it. */
export function inDataFolders(...parts: readonly string[]): string | undefined {
  const paths = dataFolders().map((folder) => join(folder, ...parts));
  return paths.find((path) => {
    try {
      return Deno.statSync(path) !== undefined;
    } catch {
      return false;
    }
  });
}

/** The photos of clothing-dataset-small, if a data folder has them. */
export const clothingFolder = inDataFolders("clothing-dataset-small");

/** A ResNet-18 trained on ImageNet, if a data folder has one. */
export const resnet18Weights = inDataFolders("weights", "resnet18-imagenet-half.pth") ??
  inDataFolders("weights", "resnet18-f37072fd.pth");

/** Photos, and a ResNet-18 for them with a new head. */
export interface ClothingTransfer {
  readonly train: Dataset;
  /** `validation/` and `test/`, 713 photos. */
  readonly held: readonly Dataset[];
  readonly pretrained: Pretrained;
}

/** What a transfer to clothing-dataset-small begins with: the photos are 224 pixels on their short side already. */
export async function clothingTransfer(
  { every = 1, cache }: { readonly every?: number; readonly cache?: string } = {},
): Promise<ClothingTransfer> {
  const photos = await imageFolder(clothingFolder!, { preprocessing: { resize: 224, crop: 224 }, cache });
  const { train: { classNames, labels } } = photos;
  const kept = Array.from(labels.keys()).filter((index) => index % every === 0);
  return {
    train: subset(photos.train, kept),
    held: [photos.validation!, photos.test],
    pretrained: await loadPretrained(resnet18Weights!, { architecture: "resnet18", classNames, random: new Random(1) }),
  };
}
