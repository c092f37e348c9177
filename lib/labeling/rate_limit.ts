/** Whether somebody may go on: takes `cost` from what they have left. */
export type RateLimit = (who: string, cost?: number) => boolean;

/** What {@linkcode rateLimit} is told. */
export interface RateLimitOptions {
  /** What comes back a second. */
  readonly perSecond: number;
  /** What can be spent at once. */
  readonly burst: number;
  /** Milliseconds. */
  readonly clock?: () => number;
}

/** A bucket for each caller that fills steadily (token bucket). Buckets that are full again are forgotten. */
export function rateLimit({ perSecond, burst, clock = Date.now }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  return (who, cost = 1) => {
    const now = clock();
    if (buckets.size > 1000) {
      for (const [name, { left, at }] of buckets) {
        if (left + (now - at) / 1000 * perSecond >= burst) buckets.delete(name);
      }
    }
    const { left, at } = buckets.get(who) ?? { left: burst, at: now };
    const filled = Math.min(burst, left + (now - at) / 1000 * perSecond);
    const allowed = filled >= cost;
    buckets.set(who, { left: allowed ? filled - cost : filled, at: now });
    return allowed;
  };
}
