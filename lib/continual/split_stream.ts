import type { Random } from "../runtime/random.ts";
import { examplesAt } from "./examples_at.ts";
import type { ContinualStream, Scenario, StreamSource } from "./stream.ts";

/** How {@linkcode splitStream} divides the classes. */
export interface SplitStreamOptions {
  readonly scenario: Scenario;
  /** Must divide the number of classes. */
  readonly experiences: number;
  /** The classes in the order in which they come, as Avalanche's `fixed_class_order`; their own by default. */
  readonly classOrder?: readonly number[];
  /** Draws the order in which classes come, where `classOrder` is left out. */
  readonly random?: Random;
}

/**
 * A dataset's classes, some at a time (Zenke et al., 2017, section 5.1: Split-MNIST is MNIST in 5 experiences, 0 and 1
 * first): images or embeddings.
 *
 * Output units are the dataset's classes where the scenario is `class` or `task`, which gives each experience a head of
 * its own. In `domain` they are first, second, … of each experience: for digits in their order, even or odd. Avalanche
 * has the three as `return_task_id` and `class_ids_from_zero_in_each_exp`.
 *
 * @throws {RangeError} if the experiences do not divide the classes, or the order does not hold each class once
 *
 * @example
 * ```ts
 * import { matrix, splitStream } from "curio";
 * import assert from "node:assert/strict";
 *
 * const four = {
 *   name: "four",
 *   features: matrix([[0], [1], [2], [3]]),
 *   labels: Int32Array.of(0, 1, 2, 3),
 *   classNames: ["a", "b", "c", "d"],
 *   checksum: "00",
 * };
 * const stream = splitStream({ train: four, test: four }, { scenario: "domain", experiences: 2 });
 * assert.deepEqual(stream.experiences.map(({ name }) => name), ["a, b", "c, d"]);
 * assert.deepEqual(stream.experiences[1].train.labels, Int32Array.of(0, 1));
 * ```
 */
export function splitStream(source: StreamSource, options: SplitStreamOptions): ContinualStream {
  const { scenario, experiences, random } = options;
  const { name, classNames } = source.train;
  const classes = classNames.length;
  if (!(Number.isInteger(experiences) && experiences >= 1 && classes % experiences === 0)) {
    throw new RangeError(
      `Cannot split the classes: the experiences must divide the ${classes} classes: current value is ${experiences}`,
    );
  }
  const order = options.classOrder ?? (random ? [...random.permutation(classes)] : [...classNames.keys()]);
  if (order.length !== classes || !classNames.every((_, label) => order.includes(label))) {
    throw new RangeError(
      `Cannot split the classes: the order must hold each of 0…${classes - 1} once: current value is ${
        order.join(", ")
      }`,
    );
  }
  const size = classes / experiences;
  const unitOf = (label: number) => scenario === "domain" ? order.indexOf(label) % size : label;
  const unitNames = scenario === "domain"
    ? Array.from({ length: size }, (_, unit) => `class ${unit + 1} of ${size}`)
    : classNames;
  return {
    name: `split ${name}, ${experiences} experiences`,
    scenario,
    classNames: unitNames,
    experiences: Array.from({ length: experiences }, (_, number) => {
      const classes = order.slice(number * size, (number + 1) * size);
      const own = classes.map((label) => classNames[label]).join(", ");
      const part = (examples: StreamSource["train"]) => {
        const indices = [...examples.labels.keys()].filter((index) => classes.includes(examples.labels[index]));
        return examplesAt(examples, indices, {
          name: `${examples.name}: ${own}`,
          labels: Int32Array.from(indices, (index) => unitOf(examples.labels[index])),
          classNames: unitNames,
        });
      };
      return { name: own, train: part(source.train), test: part(source.test), units: classes.map(unitOf) };
    }),
  };
}
