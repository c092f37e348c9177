/** A smooth convex function, seen from one point. */
export interface Surroundings {
  readonly value: number;
  readonly gradient: Float64Array;
  /** The Hessian times a direction. */
  curvature(direction: Float64Array): Promise<Float64Array>;
  /** About the inverse Hessian: what makes conjugate gradients need few steps. */
  divider(): Promise<Divider>;
}

/** Division of a vector by a symmetric positive matrix. */
export interface Divider {
  divide(vector: Float64Array): Promise<Float64Array>;
  dispose(): void;
}

/** Where {@linkcode newtonCg} begins and ends. */
export interface NewtonOptions<S extends Surroundings> {
  readonly start: Float64Array;
  /** How far it is from one point to another. */
  distance(from: S, to: S): number;
  /** Ends after a full Newton step that takes it no farther than this. */
  readonly tolerance: number;
  /** Relative rounding error of the values: ends where less is to be gained. */
  readonly rounding: number;
  readonly maxSteps: number;
}

/** Where {@linkcode newtonCg} ended. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly steps: number;
  /** False where `maxSteps` came first. */
  readonly converged: boolean;
}

/**
 * The minimum of a smooth convex function by Newton's method with a backtracking line search (sufficient decrease of a
 * ten-thousandth), each step found by preconditioned conjugate gradients only as well as it is worth: Nocedal and
 * Wright (2006), Numerical optimization, algorithms 5.3 and 7.1. Unlike L-BFGS it reaches the minimum also where the
 * function is nearly flat, as it is when the classes can be separated.
 */
export async function newtonCg<S extends Surroundings>(
  seenFrom: (point: Float64Array) => Promise<S>,
  { start, distance, tolerance, rounding, maxSteps }: NewtonOptions<S>,
): Promise<Minimum> {
  let point = start;
  let here = await seenFrom(point);
  for (let step = 1; step <= maxSteps; step++) {
    const direction = await descent(here);
    const slope = dot(here.gradient, direction);
    const noise = rounding * Math.abs(here.value);
    for (let length = 1;; length /= 2) {
      // Rounding leaves nothing to be gained.
      if (!(-slope * length > noise)) return { point, value: here.value, steps: step, converged: true };
      const next = point.slice();
      addScaled(next, direction, length);
      const there = await seenFrom(next);
      if (!(there.value <= here.value + 1e-4 * length * slope + noise)) continue;
      const isLast = length === 1 && distance(here, there) <= tolerance;
      point = next;
      here = there;
      if (isLast) return { point, value: here.value, steps: step, converged: true };
      break;
    }
  }
  return { point, value: here.value, steps: maxSteps, converged: false };
}

const maxProducts = 500;

/** Minus the inverse Hessian times the gradient, by conjugate gradients. */
async function descent(here: Surroundings): Promise<Float64Array> {
  const divider = await here.divider();
  try {
    return await conjugateGradients(here, divider);
  } finally {
    divider.dispose();
  }
}

async function conjugateGradients(
  { value, gradient, curvature }: Surroundings,
  { divide }: Divider,
): Promise<Float64Array> {
  const direction = new Float64Array(gradient.length);
  const residual = gradient.map((part) => -part);
  let conditioned = await divide(residual);
  let left = dot(residual, conditioned);
  // The nearer the minimum, the more exactly the step is wanted: steps then converge faster than linearly. Beyond a
  // hundredth of its length a further step gets there sooner.
  const enough = left * Math.max(1e-4, Math.min(0.01, left / Math.abs(value)));
  const search = conditioned.slice();
  for (let product = 0; product < maxProducts && left > enough; product++) {
    const bent = await curvature(search);
    const bend = dot(search, bent);
    if (!(bend > 0)) break;
    addScaled(direction, search, left / bend);
    addScaled(residual, bent, -left / bend);
    conditioned = await divide(residual);
    const before = left;
    left = dot(residual, conditioned);
    for (let at = 0; at < search.length; at++) search[at] = conditioned[at] + left / before * search[at];
  }
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
