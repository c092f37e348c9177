import { cnn, type CnnOptions, Random, type Trainable } from "curio";

/** A network for {@linkcode syntheticDataset}, small enough for a test. */
export function tinyTrainable(
  { side = 8, channels = 1, classes = 3, seed = 1, ...options }:
    & Partial<CnnOptions>
    & { side?: number; channels?: number; seed?: number } = {},
): Trainable {
  const network = cnn({
    shape: { height: side, width: side, channels },
    classes,
    filters: [4],
    denseUnits: [8],
    random: new Random(seed).child("weights"),
    ...options,
  });
  const classNames = Array.from({ length: classes }, (_, label) => `class ${label}`);
  return { network, featureLayer: "features", classNames };
}
