/**
 * The learning rate of each step.
 *
 * @param step 0…`totalSteps` − 1
 * @param totalSteps the steps of the whole run, were it not stopped early
 */
export type Schedule = (step: number, totalSteps: number) => number;

/** Always `rate`. */
export function constantRate(rate: number): Schedule {
  checkRate(rate);
  return () => rate;
}

/**
 * `rate`·`factor`^⌊step / (`every`·totalSteps)⌋: a fall by `factor` after each `every`th part of the run.
 *
 * @throws {RangeError} if `every` is not in (0, 1]
 */
export function stepDecay(rate: number, { factor = 0.1, every = 1 / 3 }: StepDecayOptions = {}): Schedule {
  checkRate(rate);
  checkShare("every", every);
  // The small allowance keeps a boundary that rounding has put just above its step on that step.
  return (step, totalSteps) => rate * factor ** Math.floor(step / (every * totalSteps) + 1e-9);
}

/** Options of {@linkcode stepDecay}. */
export interface StepDecayOptions {
  /** Default 0.1. */
  readonly factor?: number;
  /** Share of the run between two falls; default 1/3. */
  readonly every?: number;
}

/** From `rate` at the first step to `rate`·`factor` (default 0.01) at the last, by the same ratio each step. */
export function exponentialDecay(rate: number, { factor = 0.01 }: ExponentialDecayOptions = {}): Schedule {
  checkRate(rate);
  return (step, totalSteps) => rate * factor ** progress(step, totalSteps);
}

/** Options of {@linkcode exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** Default 0.01. */
  readonly factor?: number;
}

/**
 * Half a cosine from `rate` to `final` (default 0): final + (rate − final)·(1 + cos(π·step / totalSteps)) / 2
 * (Loshchilov and Hutter, 2017, eq. 5, without restarts).
 *
 * @example
 * ```ts
 * import { cosineDecay } from "curio";
 * import assert from "node:assert/strict";
 *
 * const schedule = cosineDecay(0.1);
 * assert.equal(schedule(0, 100), 0.1);
 * assert.ok(Math.abs(schedule(50, 100) - 0.05) < 1e-12);
 * ```
 */
export function cosineDecay(rate: number, { final = 0 }: CosineDecayOptions = {}): Schedule {
  checkRate(rate);
  return (step, totalSteps) => final + (rate - final) * (1 + Math.cos(Math.PI * step / totalSteps)) / 2;
}

/** Options of {@linkcode cosineDecay}. */
export interface CosineDecayOptions {
  /** Default 0. */
  readonly final?: number;
}

/**
 * Climbs in a straight line to `schedule` over the first `share` (default 0.05) of the run, which then goes on as if
 * the rest were the whole (Goyal et al., 2017, section 2.2).
 *
 * @throws {RangeError} if `share` is not in (0, 1]
 */
export function warmUp(schedule: Schedule, { share = 0.05 }: WarmUpOptions = {}): Schedule {
  checkShare("share", share);
  return (step, totalSteps) => {
    const steps = Math.min(totalSteps - 1, Math.round(share * totalSteps));
    return step < steps
      ? schedule(0, totalSteps - steps) * (step + 1) / (steps + 1)
      : schedule(step - steps, totalSteps - steps);
  };
}

/** Options of {@linkcode warmUp}. */
export interface WarmUpOptions {
  /** Default 0.05. */
  readonly share?: number;
}

/**
 * Smith's one cycle (Smith and Topin, 2018), with cosines as in PyTorch's `OneCycleLR`: up from `peak` / 25 to `peak`
 * over the first 30 % of the run, then down to `peak` / 250,000.
 *
 * @throws {RangeError} if `climb` is not in (0, 1]
 */
export function oneCycle(
  peak: number,
  { climb = 0.3, startDivisor = 25, finalDivisor = 1e4 }: OneCycleOptions = {},
): Schedule {
  checkRate(peak);
  checkShare("climb", climb);
  return (step, totalSteps) => {
    const start = peak / startDivisor;
    // PyTorch's boundaries: the top at climb·totalSteps − 1, the bottom at the last step.
    const top = Math.max(0, climb * totalSteps - 1);
    const last = Math.max(1, totalSteps - 1);
    return step <= top
      ? between(start, peak, top === 0 ? 1 : step / top)
      : between(peak, start / finalDivisor, (step - top) / (last - top));
  };
}

/** Options of {@linkcode oneCycle}. */
export interface OneCycleOptions {
  /** Share of the run in which the rate climbs; default 0.3. */
  readonly climb?: number;
  /** Default 25. */
  readonly startDivisor?: number;
  /** By which the last rate is smaller than the first; default 10,000. */
  readonly finalDivisor?: number;
}

/** Half a cosine from `from` at 0 to `to` at 1. */
function between(from: number, to: number, progress: number): number {
  return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
}

function progress(step: number, totalSteps: number): number {
  return totalSteps > 1 ? step / (totalSteps - 1) : 0;
}

function checkRate(rate: number): void {
  if (rate > 0 && rate < Infinity) return;
  throw new RangeError(`Cannot schedule the learning rate: it must be a number above 0: current value is ${rate}`);
}

function checkShare(name: string, share: number): void {
  if (share > 0 && share <= 1) return;
  throw new RangeError(`Cannot schedule the learning rate: ${name} must be in (0, 1]: current value is ${share}`);
}
