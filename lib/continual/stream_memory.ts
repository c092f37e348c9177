import { z } from "zod";
import { type Matrix, matrix, rowOf } from "../runtime/matrix.ts";
import type { Random } from "../runtime/random.ts";
import type { ContinualNetwork } from "./continual_network.ts";
import type { StrategyState } from "./continual_strategy.ts";
import { examplesAt } from "./examples_at.ts";
import { type Exemplar, exemplarSchema } from "./exemplar.ts";
import type { MemoryBuffer } from "./memory_buffer.ts";

/** A memory under way: what a buffer keeps of a stream. */
export interface StreamMemory {
  readonly exemplars: readonly Exemplar[];
  /** What it would keep, were these offered. */
  offered(offered: readonly Exemplar[], random: Random): Promise<readonly Exemplar[]>;
  /** Offers these, and keeps what the buffer chooses. */
  offer(offered: readonly Exemplar[], random: Random): Promise<void>;
  /** Distinct ones where there are enough, otherwise all. */
  draw(count: number, random: Random): readonly Exemplar[];
  save(): Promise<StrategyState>;
  restore(state: StrategyState): Promise<void>;
}

const stateSchema = z.strictObject({ seen: z.int().nonnegative(), exemplars: z.array(exemplarSchema) });

/** An empty memory of what `network` learns. */
export function streamMemory(network: ContinualNetwork, buffer: MemoryBuffer): StreamMemory {
  let exemplars: readonly Exemplar[] = [];
  let seen = 0;
  const offered = (offered: readonly Exemplar[], random: Random) =>
    buffer.update(exemplars, { offered, seen, random, features: (which) => featuresOf(network, which) });
  return {
    get exemplars() {
      return exemplars;
    },
    offered,
    async offer(fresh, random) {
      exemplars = await offered(fresh, random);
      seen += fresh.length;
    },
    draw: (count, random) =>
      Array.from(random.sample(exemplars.length, Math.min(count, exemplars.length)), (place) => exemplars[place]),
    save: () => Promise.resolve({ data: { seen, exemplars } }),
    restore: ({ data }) =>
      Promise.try(() => {
        ({ seen, exemplars } = stateSchema.parse(data));
      }),
  };
}

/** `[exemplars, features]`, of the network as it is now. */
export async function featuresOf(network: ContinualNetwork, exemplars: readonly Exemplar[]): Promise<Matrix> {
  const rows: Float32Array[] = [];
  for (const [experience, entries] of Map.groupBy(exemplars.entries(), ([, exemplar]) => exemplar.experience)) {
    const { train } = network.stream.experiences[experience];
    const features = await network.forward(examplesAt(train, entries.map(([, { index }]) => index)), "features");
    entries.forEach(([place], at) => rows[place] = rowOf(features, at));
  }
  return matrix(rows);
}
