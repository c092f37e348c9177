/** One line of a benchmark's result. Suites print each as a line of JSON. */
export interface BenchRow {
  /** What was done; rows of the same work come from one run, in which implementations took turns. */
  readonly work: string;
  readonly implementation: string;
  readonly unit: "samples/s" | "s";
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many times as fast as the fastest peer; above 1 is faster, whatever the unit. Null where no peer ran. */
  readonly ratioToFastestPeer: number | null;
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

/** Everything but the ratio, with all runs in place of their median. */
export interface BenchRuns extends Omit<BenchRow, "median" | "low" | "high" | "ratioToFastestPeer"> {
  readonly values: readonly number[];
}

const ours = ["curio", "tfjs-node"];

/** Rows of one work, with their ratios to the fastest implementation that is not ours. */
export function rowsOf(all: readonly BenchRuns[]): BenchRow[] {
  const speed = ({ unit, values }: BenchRuns) => unit === "s" ? 1 / median(values) : median(values);
  const fastest = Math.max(...all.filter(({ implementation }) => !ours.includes(implementation)).map(speed));
  return all.map((runs) => {
    const { values, ...rest } = runs;
    return {
      ...rest,
      median: median(values),
      low: Math.min(...values),
      high: Math.max(...values),
      ratioToFastestPeer: fastest > 0 ? speed(runs) / fastest : null,
    };
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
