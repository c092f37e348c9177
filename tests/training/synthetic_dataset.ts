import { type Dataset, memoryImages, Random } from "curio";

/** How {@linkcode syntheticDataset} is made. */
export interface SyntheticDatasetOptions {
  readonly count: number;
  readonly classes?: number;
  readonly side?: number;
  readonly channels?: number;
  readonly seed?: number;
}

/** Noisy images in which each class has a bright block of its own: learnable within seconds, and seeded. */
export function syntheticDataset(
  { count, classes = 3, side = 8, channels = 1, seed = 1 }: SyntheticDatasetOptions,
): Dataset {
  const random = new Random(seed);
  const size = side * side * channels;
  const bytes = new Uint8Array(count * size);
  const labels = Int32Array.from({ length: count }, (_, index) => index % classes);
  labels.forEach((label, index) => {
    const from = Math.floor(label * size / classes);
    const to = Math.floor((label + 1) * size / classes);
    for (let place = 0; place < size; place++) {
      const bright = place >= from && place < to;
      bytes[index * size + place] = random.integer(120) + (bright ? 120 : 0);
    }
  });
  return {
    name: `synthetic ${seed}`,
    images: memoryImages(bytes, { height: side, width: side, channels }),
    labels,
    classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
    checksum: `synthetic ${count} ${classes} ${side} ${channels} ${seed}`,
  };
}
