import type { LinearSystem, Solution } from "../runtime/engine/compiled_rows.ts";
import { addScaled, dot } from "./conjugate_gradients.ts";
import type { Coordinates } from "./row_products.ts";

/** A smooth convex function, seen from one point. */
export interface Surroundings {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Coordinates in which the Hessian is near to the identity: there conjugate gradients need few steps. */
  coordinates(): Promise<Coordinates>;
  /** Solves a system with the Hessian in such coordinates, maybe those of another point. */
  solve(coordinates: Coordinates, system: LinearSystem): Promise<Solution>;
}

/** Where {@linkcode newtonCg} begins and ends. */
export interface NewtonOptions<S extends Surroundings> {
  readonly start: Float64Array;
  /** How far it is from one point to another. */
  distance(from: S, to: S): number;
  /** Ends where the minimum is about as near as this. */
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
  let coordinates = await here.coordinates();
  let spent = 0;
  try {
    for (let step = 1; step <= maxSteps; step++) {
      if (spent > renewal * coordinates.cost) {
        coordinates.dispose();
        coordinates = await here.coordinates();
        spent = 0;
      }
      const { direction, products, inexactness } = await descent(here, coordinates);
      spent += products;
      const slope = dot(here.gradient, direction);
      const noise = rounding * Math.abs(here.value);
      for (let length = 1;; length /= 2) {
        // Rounding leaves nothing to be gained.
        if (!(-slope * length > noise)) return { point, value: here.value, steps: step, converged: true };
        const next = point.slice();
        addScaled(next, direction, length);
        const there = await seenFrom(next);
        if (!(there.value <= here.value + 1e-4 * length * slope + noise)) continue;
        const moved = distance(here, there);
        point = next;
        here = there;
        // What a full step leaves is what conjugate gradients left of it, and a part that is quadratic in it.
        if (length === 1 && moved * (inexactness + moved / 2) <= tolerance) {
          return { point, value: here.value, steps: step, converged: true };
        }
        break;
      }
    }
    return { point, value: here.value, steps: maxSteps, converged: false };
  } finally {
    coordinates.dispose();
  }
}

/** Coordinates are made anew when their cost has been spent so many times. */
const renewal = 3;

const maxProducts = 500;

interface Descent {
  readonly direction: Float64Array;
  readonly products: number;
  /** Share of the step that is missing, as the function measures it. */
  readonly inexactness: number;
}

/** Minus the inverse Hessian times the gradient, by conjugate gradients. */
async function descent(here: Surroundings, coordinates: Coordinates): Promise<Descent> {
  const residual = (await coordinates.inwards(here.gradient)).map((part) => -part);
  const first = dot(residual, residual);
  // The nearer the minimum, the more exactly the step is wanted: steps then converge faster than linearly. Beyond a
  // hundredth of its length a further step gets there sooner.
  const enough = first * Math.min(0.3, Math.max(0.01, 0.1 * Math.sqrt(first))) ** 2;
  const { solution, left, products } = await here.solve(coordinates, { residual, enough, maxProducts });
  return {
    direction: await coordinates.outwards(solution),
    products,
    inexactness: first > 0 ? Math.sqrt(left / first) : 0,
  };
}
