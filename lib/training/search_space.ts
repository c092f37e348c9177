import type { Random } from "../runtime/random.ts";

/** One value of each hyperparameter, by name; plain JSON. */
export type Configuration = Readonly<Record<string, number | string | boolean>>;

/** Numbers of which random search draws. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  /** `log` draws evenly over orders of magnitude, as learning rates want it; default `linear`. */
  readonly scale?: "linear" | "log";
  /** Whether only whole numbers are drawn, `high` included; default false. */
  readonly integer?: boolean;
}

/** For each hyperparameter the values to try. */
export type Grid = Readonly<Record<string, readonly (number | string | boolean)[]>>;

/** For each hyperparameter the values to try, or the range to draw from. */
export type SearchSpace = Readonly<Record<string, readonly (number | string | boolean)[] | NumberRange>>;

/**
 * Every combination of the values, the last hyperparameter changing fastest.
 *
 * @throws {RangeError} if a hyperparameter has no values
 *
 * @example
 * ```ts
 * import { gridConfigurations } from "curio";
 * import assert from "node:assert/strict";
 *
 * const grid = gridConfigurations({ learningRate: [0.001, 0.01], filters: [16, 32, 64] });
 * assert.equal(grid.length, 6);
 * assert.deepEqual(grid[1], { learningRate: 0.001, filters: 32 });
 * ```
 */
export function gridConfigurations(grid: Grid): Configuration[] {
  let configurations: Configuration[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    checkValues(name, values);
    configurations = configurations.flatMap((configuration) =>
      values.map((value) => ({ ...configuration, [name]: value }))
    );
  }
  return configurations;
}

/**
 * `count` configurations drawn from the space, each hyperparameter by itself (Bergstra and Bengio, 2012, "Random Search for
 * Hyper-Parameter Optimization"): where few of many hyperparameters matter, as good as a grid that is many times larger.
 *
 * @throws {RangeError} if the count is not an integer ≥ 1, a list is empty, or a range is none
 */
export function randomConfigurations(
  space: SearchSpace,
  { count, random }: { readonly count: number; readonly random: Random },
): Configuration[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`Cannot draw configurations: the count must be an integer ≥ 1: current value is ${count}`);
  }
  for (const [name, values] of Object.entries(space)) {
    if (isRange(values)) checkRange(name, values);
    else checkValues(name, values);
  }
  return Array.from({ length: count }, (_, place) => {
    const own = random.child(place);
    return Object.fromEntries(
      Object.entries(space).map(([name, values]) => [
        name,
        isRange(values) ? draw(values, own.child(name)) : values[own.child(name).integer(values.length)],
      ]),
    );
  });
}

function isRange(values: SearchSpace[string]): values is NumberRange {
  return "low" in values;
}

function draw({ low, high, scale, integer }: NumberRange, random: Random): number {
  // Whole numbers are those that a draw is rounded to, so half a number is added at either end.
  const [from, to] = integer ? [low - 0.5, high + 0.5] : [low, high];
  const value = scale === "log"
    ? Math.exp(random.uniform(Math.log(integer ? Math.max(from, 0.5) : from), Math.log(to)))
    : random.uniform(from, to);
  return integer ? Math.min(high, Math.max(low, Math.round(value))) : value;
}

function checkValues(name: string, values: readonly unknown[]): void {
  if (values.length > 0) return;
  throw new RangeError(`Cannot search: ${name} must have at least one value: current value is an empty list`);
}

function checkRange(name: string, { low, high, scale }: NumberRange): void {
  if (low <= high && Number.isFinite(high - low) && (scale !== "log" || low > 0)) return;
  throw new RangeError(
    `Cannot search: ${name} must be drawn from a finite range, above 0 where its scale is log: current value is ` +
      `${low}…${high}`,
  );
}
