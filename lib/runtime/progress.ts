/**
 * What a long piece of work tells those who watch it. Work emits plain data; only report and tasks turn it into lines,
 * bars and displays.
 *
 * A task begins once, advances any number of times and finishes once, also when it is stopped or fails. `note` is for
 * what a person should read whatever happens to the bar: what was chosen, and why.
 */
export type ProgressEvent =
  | { readonly kind: "begin"; readonly task: string; readonly total?: number; readonly unit: string }
  | {
    readonly kind: "advance";
    readonly task: string;
    readonly done: number;
    readonly total?: number;
    /** Figures worth seeing beside the bar, by name: `loss`, `accuracy`. */
    readonly metrics?: Readonly<Record<string, number>>;
  }
  | {
    readonly kind: "finish";
    readonly task: string;
    readonly outcome: "done" | "stopped" | "failed";
    readonly seconds: number;
    readonly metrics?: Readonly<Record<string, number>>;
  }
  | { readonly kind: "note"; readonly task: string; readonly text: string };

/** Receives {@linkcode ProgressEvent}s as they happen; must not throw and should return at once. */
export type ProgressListener = (event: ProgressEvent) => void;
