import type { PoolSources, QueryStrategy } from "curio";

/** A selection that was worked out elsewhere. */
export interface GoldenCase {
  /** With the options that the case is about. */
  readonly strategy: QueryStrategy;
  readonly sources: PoolSources;
  readonly k: number;
  /** Ids, in the order picked. */
  readonly indices: readonly number[];
  /** To 1e-6. */
  readonly scores?: readonly number[];
  /** Where the numbers come from: a library and its version, a paper, a calculation by hand. */
  readonly origin: string;
}
