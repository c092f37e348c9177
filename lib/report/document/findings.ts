import type { MetricsFile } from "../metrics_file.ts";

/** A picture of a notebook, beside the report. */
export interface FoundFigure {
  /** Relative to the report. */
  readonly path: string;
  /** What it shows, in words. */
  readonly summary: string;
}

/** A row of a table that a notebook saved. */
export type FoundRow = Readonly<Record<string, string | number | boolean | null>>;

/** What one notebook left behind. */
export interface NotebookFindings {
  /** `01_baseline_cnn`. */
  readonly name: string;
  /** Its first heading. */
  readonly title: string;
  readonly metrics: MetricsFile;
  /** What its cells with the tag `conclusion` said, sentence by sentence. */
  readonly conclusions: readonly string[];
}

/** Everything that a report is written from. */
export interface Findings {
  /** In the order of their names; those that wrote no metrics are missing. */
  readonly notebooks: readonly NotebookFindings[];
  /** By the name under which a notebook saved it: `01_training`. */
  readonly figures: ReadonlyMap<string, FoundFigure>;
  readonly tables: ReadonlyMap<string, readonly FoundRow[]>;
}
