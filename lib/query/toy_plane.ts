import { type Matrix, matrix } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";

/** Where in a {@linkcode ToyPlane} an item lies. */
export type Region = "cloud" | "cluster" | "outlier";

/** A pool small and flat enough to be looked at. */
export interface ToyPlane {
  /** `[items, 2]`: what an embedding would be. */
  readonly points: Matrix;
  /** The true class of each item. */
  readonly labels: Int32Array;
  readonly regions: readonly Region[];
  readonly classCount: number;
}

/**
 * 200 points of three classes in the plane, with what tells strategies apart: three Gaussian clouds that overlap, a
 * cluster so dense that one label would do for it, and six outliers far from everything.
 */
export function toyPlane(random: Random): ToyPlane {
  const items = groups.flatMap(({ count, label, region, centre, spread }, index) => {
    const own = random.child(index);
    return Array.from({ length: count }, () => ({
      point: centre.map((coordinate) => coordinate + spread * own.normal()),
      label,
      region,
    }));
  });
  return {
    points: matrix(items.map(({ point }) => point)),
    labels: Int32Array.from(items, ({ label }) => label),
    regions: items.map(({ region }) => region),
    classCount: 3,
  };
}

interface Group {
  readonly count: number;
  readonly label: number;
  readonly region: Region;
  readonly centre: readonly [x: number, y: number];
  /** Standard deviation in each direction. */
  readonly spread: number;
}

/** Outliers belong to the class whose cloud is nearest. */
const outliers = ([[-3.6, -2.2, 0], [-3.4, 2.3, 0], [-0.9, -3, 1], [3.7, -2.3, 1], [3.8, 1.9, 2], [0.1, 3, 2]] as const)
  .map(([x, y, label]): Group => ({ count: 1, label, region: "outlier", centre: [x, y], spread: 0.1 }));

const groups: readonly Group[] = [
  { count: 64, label: 0, region: "cloud", centre: [-1.2, 0.1], spread: 0.75 },
  { count: 60, label: 1, region: "cloud", centre: [1, -0.9], spread: 0.75 },
  { count: 25, label: 2, region: "cloud", centre: [0.9, 1.3], spread: 0.6 },
  { count: 45, label: 2, region: "cluster", centre: [2.4, 1.1], spread: 0.18 },
  ...outliers,
];
