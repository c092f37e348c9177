import type { ContinualStrategy } from "./continual_strategy.ts";

/** Learns each experience as it comes and nothing else: fine-tuning, the lower bound. Avalanche's `Naive`. */
export function naive(): ContinualStrategy {
  return { name: "naive", options: {}, start: () => ({}) };
}
