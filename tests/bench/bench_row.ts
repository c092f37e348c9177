/** One line of a benchmark's result. Suites print each as a line of JSON. */
export interface BenchRow {
  /** What was done; rows of the same work come from one run, in which implementations took turns. */
  readonly work: string;
  readonly implementation: string;
  readonly unit: "samples/s" | "s";
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /**
   * How many times as fast as the fastest peer; above 1 is faster, whatever the unit. The median of what each round gives,
   * so that a machine that others slow down meanwhile does so to both. Null where no peer ran.
   */
  readonly ratioToFastestPeer: number | null;
  /** The smallest and the largest that a round gave. */
  readonly ratioRange?: readonly [number, number];
  /** Billions of floating-point operations a second: beside the row `matrix-product`, how near to the machine's limit. */
  readonly gigaflops?: number;
  /** From the process' first line to the end of the first batch, compiling included. */
  readonly startupSeconds?: number;
  /** The most memory that the process held. */
  readonly peakMegabytes?: number;
  /** What it held before it built anything: the runtime and the libraries. */
  readonly idleMegabytes?: number;
  /** The most that it held beyond that, from then on. */
  readonly growthMegabytes?: number;
  /** Share of our picks that this implementation makes too, in the same places; null where draws decide. */
  readonly samePicks?: number | null;
  /** On labels that were held out. */
  readonly accuracy?: number;
}

/** Everything but the ratio, with all runs, a round each, in place of their median. */
export interface BenchRuns extends Omit<BenchRow, "median" | "low" | "high" | "ratioToFastestPeer" | "ratioRange"> {
  readonly values: readonly number[];
}

const ours = ["curio", "tfjs-node"];

/** Rows of one work, with their ratios to the fastest implementation that is not ours. */
export function rowsOf(all: readonly BenchRuns[]): BenchRow[] {
  const speed = (value: number, { unit }: BenchRuns) => unit === "s" ? 1 / value : value;
  const fastest = all.filter(({ implementation }) => !ours.includes(implementation))
    .toSorted((a, b) => speed(median(b.values), b) - speed(median(a.values), a)).at(0);
  return all.map((runs) => {
    const { values, ...rest } = runs;
    const row = { ...rest, median: median(values), low: Math.min(...values), high: Math.max(...values) };
    if (!fastest) return { ...row, ratioToFastestPeer: null };
    // One that takes long runs less often; then there are only the medians to compare.
    const rounds = values.length === fastest.values.length ? values.length : 0;
    const ratios = Array.from(
      { length: rounds },
      (_, round) => speed(values[round], runs) / speed(fastest.values[round], fastest),
    );
    return rounds === 0
      ? { ...row, ratioToFastestPeer: speed(row.median, runs) / speed(median(fastest.values), fastest) }
      : { ...row, ratioToFastestPeer: median(ratios), ratioRange: [Math.min(...ratios), Math.max(...ratios)] };
  });
}

/** Hands rows to whoever started this process. */
export function printRows(rows: readonly BenchRow[]): void {
  for (const row of rows) console.log(JSON.stringify(row));
}

/** What a peer reads from a file. */
export function bytesOf(data: Float32Array | Int32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.slice().buffer);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
