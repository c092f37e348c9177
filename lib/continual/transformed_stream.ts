import { createHash } from "node:crypto";
import type { ImageSource } from "../data/dataset.ts";
import type { Examples } from "../learning/examples.ts";
import { type Instances, isMatrix } from "../learning/instances.ts";
import type { ContinualStream, Scenario, StreamSource } from "./stream.ts";

/** One experience's way of seeing the images. */
export interface Transformation {
  readonly name: string;
  /** Everything that decides what comes out, as text. */
  readonly key: string;
  /** Instances as they are seen in this experience; read when they are asked for. */
  apply(instances: Instances): Instances;
}

/** What {@linkcode transformedStream} makes. */
export interface TransformedStreamOptions {
  readonly name: string;
  readonly scenario: Exclude<Scenario, "class">;
  /** One for each experience. */
  readonly transformations: readonly Transformation[];
}

/**
 * The whole dataset again and again, each time seen differently: new domains of the same classes. In the scenario `task`
 * each experience has a head of its own.
 */
export function transformedStream(
  source: StreamSource,
  { name, scenario, transformations }: TransformedStreamOptions,
): ContinualStream {
  const { classNames } = source.train;
  const classes = classNames.length;
  const heads = scenario === "task" ? transformations : transformations.slice(0, 1);
  const unitNames = heads.length === 1
    ? classNames
    : heads.flatMap((transformation) => classNames.map((className) => `${className}, ${transformation.name}`));
  return {
    name,
    scenario,
    classNames: unitNames,
    experiences: transformations.map((transformation, number) => {
      const first = scenario === "task" ? number * classes : 0;
      const part = (examples: Examples): Examples => ({
        ...examples,
        ...("features" in examples
          ? { features: transformation.apply(examples.features) as typeof examples.features }
          : { images: transformation.apply(examples.images) as ImageSource }),
        name: `${examples.name}, ${transformation.name}`,
        labels: examples.labels.map((label) => first + label),
        classNames: unitNames,
        checksum: createHash("sha256").update(examples.checksum).update(transformation.key).digest("hex"),
      });
      return {
        name: transformation.name,
        train: part(source.train),
        test: part(source.test),
        units: classNames.map((_, label) => first + label),
      };
    }),
  };
}

/** Images or rows of which every value is taken from another place of the same, by `places`; −1 gives 0. */
export function movedValues(instances: Instances, places: Int32Array): Instances {
  const move = <T extends Uint8Array | Float32Array>(values: T, moved: T): T => {
    for (let start = 0; start < values.length; start += places.length) {
      for (let place = 0; place < places.length; place++) {
        if (places[place] >= 0) moved[start + place] = values[start + places[place]];
      }
    }
    return moved;
  };
  if (isMatrix(instances)) return { ...instances, data: move(instances.data, new Float32Array(instances.data.length)) };
  return {
    ...instances,
    async read(indices) {
      const bytes = await instances.read(indices);
      return move(bytes, new Uint8Array(bytes.length));
    },
  };
}
