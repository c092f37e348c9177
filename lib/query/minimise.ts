/** Returns the value at a point and writes the gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** Where {@linkcode minimise} begins and ends. */
export interface MinimiseOptions {
  readonly start: Float64Array;
  /** Stops where no part of the gradient is larger. */
  readonly tolerance: number;
  /** Default 500. */
  readonly maxSteps?: number;
}

/**
 * A minimum of a smooth convex function, by L-BFGS with ten corrections and a backtracking line search that asks for a
 * ten-thousandth of the promised decrease: Nocedal and Wright (2006), Numerical optimization, algorithms 7.4, 7.5, 3.1.
 *
 * Ends early where rounding leaves no decrease to be found.
 */
export function minimise(objective: Objective, { start, tolerance, maxSteps = 500 }: MinimiseOptions): Float64Array {
  const size = start.length;
  let point = Float64Array.from(start);
  let gradient = new Float64Array(size);
  let value = objective(point, gradient);
  const corrections: Correction[] = [];
  for (let step = 0; step < maxSteps && !gradient.every((part) => Math.abs(part) <= tolerance); step++) {
    const direction = descent(gradient, corrections);
    const slope = dot(direction, gradient);
    let length = corrections.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(gradient, gradient)));
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let nextValue = Infinity;
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      for (let at = 0; at < size; at++) next[at] = point[at] + length * direction[at];
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) break;
    const change = next.map((coordinate, at) => coordinate - point[at]);
    const bend = nextGradient.map((part, at) => part - gradient[at]);
    const curvature = dot(change, bend);
    if (curvature > 0) corrections.push({ change, bend, curvature });
    if (corrections.length > 10) corrections.shift();
    point = next;
    gradient = nextGradient;
    value = nextValue;
  }
  return point;
}

interface Correction {
  readonly change: Float64Array;
  readonly bend: Float64Array;
  readonly curvature: number;
}

/** Minus the inverse Hessian, as the corrections tell it, times the gradient: the two-loop recursion. */
function descent(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const direction = gradient.map((part) => -part);
  const shares = corrections.map(() => 0);
  for (let index = corrections.length - 1; index >= 0; index--) {
    const { change, bend, curvature } = corrections[index];
    shares[index] = dot(change, direction) / curvature;
    addScaled(direction, bend, -shares[index]);
  }
  const last = corrections.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.bend, last.bend);
    for (let at = 0; at < direction.length; at++) direction[at] *= scale;
  }
  corrections.forEach(({ change, bend, curvature }, index) => {
    addScaled(direction, change, shares[index] - dot(bend, direction) / curvature);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at] += factor * source[at];
}
