import { type FeatureSet, Random } from "curio";

/** What {@linkcode gaussianFeatures} makes. */
export interface GaussianOptions {
  readonly count: number;
  readonly classes?: number;
  readonly columns?: number;
  readonly seed?: number | string;
  /** Standard deviation within a class; the centres have 1. */
  readonly spread?: number;
}

/** Features of overlapping Gaussian classes, whose centres do not depend on the seed: a pool and a test set match. */
export function gaussianFeatures(
  { count, classes = 3, columns = 6, seed = 1, spread = 1.5 }: GaussianOptions,
): FeatureSet {
  const centre = new Random("centres");
  const centres = Array.from({ length: classes * columns }, () => 2 * centre.normal());
  const random = new Random(seed).child("features");
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  const data = Float32Array.from(
    { length: count * columns },
    (_, at) => centres[labels[Math.floor(at / columns)] * columns + at % columns] + spread * random.normal(),
  );
  return {
    name: `gaussian ${seed}`,
    features: { rows: count, columns, data },
    labels,
    classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
    checksum: `gaussian ${count} ${classes} ${columns} ${seed} ${spread}`,
  };
}
