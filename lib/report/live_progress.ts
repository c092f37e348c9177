import type { ProgressEvent, ProgressListener } from "../runtime/progress.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from "./format.ts";
import { plainText } from "./markup.ts";
import { defaultScreen, type Screen } from "./screen.ts";

/** A listener that draws what it hears. */
export interface LiveProgress extends ProgressListener {
  /** Resolves when everything that was drawn can be seen; {@linkcode show} waits for the same. */
  done(): Promise<void>;
}

/** What {@linkcode liveProgress} may be told. */
export interface LiveProgressOptions {
  /** Where it is drawn; this process's own by default. */
  readonly screen?: Screen;
  /** Milliseconds now. */
  readonly clock?: () => number;
}

/** Redrawn so often at most: milliseconds. */
const between = { notebook: 250, terminal: 100, log: 10_000 };

/** Speed is that of the last so many milliseconds. */
const speedWindow = 20_000;

interface Sample {
  /** Milliseconds. */
  readonly at: number;
  readonly done: number;
}

interface Task {
  readonly name: string;
  readonly unit: string;
  readonly began: number;
  total?: number;
  done: number;
  /** Work that is resumed begins with much of it done, so speeds count from the first that was heard. */
  first?: Sample;
  /** Those of the last while, oldest first. */
  readonly samples: Sample[];
  metrics: Readonly<Record<string, number>>;
}

/**
 * A progress listener that keeps one line up to date: task, bar, share, done of total, speed, time left, metrics. In a
 * notebook it is one output that changes a few times a second; in a terminal one line that is rewritten; in a log a new
 * line every ten seconds. A task that ends leaves a line saying how it ended; one inside another does not. Notes are
 * lines of their own.
 *
 * @example
 * ```ts
 * import { liveProgress } from "curio";
 *
 * const progress = liveProgress();
 * progress({ kind: "begin", task: "count", total: 2, unit: "sheep" });
 * progress({ kind: "advance", task: "count", done: 2 });
 * progress({ kind: "finish", task: "count", outcome: "done", seconds: 0.1 });
 * await progress.done();
 * ```
 */
export function liveProgress(
  { screen = defaultScreen(), clock = () => performance.now() }: LiveProgressOptions = {},
): LiveProgress {
  const displayId = `curio-progress-${crypto.randomUUID()}`;
  const tasks: Task[] = [];
  const lines: string[] = [];
  let drawnAt = -Infinity;
  let drawn = "";
  let displayed = false;

  function put(text: string, live: boolean): void {
    const update = live && displayed;
    displayed ||= live;
    // A line that cannot be drawn must not stop the work that it tells of.
    screen.put({ data: { "text/plain": text }, ...live && { displayId, update } }).catch(() => {});
  }

  /** A line that stays. */
  function keep(line: string): void {
    lines.push(line);
    if (screen.kind !== "notebook") put(line, false);
  }

  function draw(now: number, { due }: { readonly due: boolean }): void {
    if (!due && now - drawnAt < between[screen.kind]) return;
    drawnAt = now;
    const task = tasks.at(-1);
    const line = task === undefined ? "" : lineOf(task, now);
    if (screen.kind === "log") {
      if (!due && line !== "") put(line, false);
      return;
    }
    const text = screen.kind === "terminal" ? line : [...lines, ...line === "" ? [] : [line]].join("\n");
    if (text !== drawn) put(text, true);
    drawn = text;
  }

  function hear(event: ProgressEvent, now: number): void {
    const place = tasks.findLastIndex(({ name }) => name === event.task);
    switch (event.kind) {
      case "begin":
        tasks.push({
          name: event.task,
          unit: event.unit,
          total: event.total,
          began: now,
          done: 0,
          samples: [],
          metrics: {},
        });
        if (tasks.length === 1 && screen.kind === "log") drawnAt = now;
        draw(now, { due: tasks.length === 1 });
        return;
      case "advance": {
        if (place < 0) return;
        advance(tasks[place], event, now);
        draw(now, { due: false });
        return;
      }
      case "finish": {
        if (place < 0) return;
        const [task] = tasks.splice(place);
        if (place === 0) keep(lastLineOf(task, event));
        draw(now, { due: place === 0 });
        return;
      }
      case "note":
        keep(plainText(event.text));
        draw(now, { due: true });
    }
  }

  return Object.assign((event: ProgressEvent) => hear(event, clock()), {
    done() {
      draw(clock(), { due: true }); // what came too soon after the last drawing
      return screen.drained();
    },
  });
}

function advance(task: Task, event: Extract<ProgressEvent, { readonly kind: "advance" }>, now: number): void {
  task.done = event.done;
  task.total = event.total ?? task.total;
  task.metrics = event.metrics ?? task.metrics;
  const sample = { at: now, done: event.done };
  task.first ??= sample;
  task.samples.push(sample);
  while (task.samples.length > 2 && task.samples[1].at < now - speedWindow) task.samples.shift();
}

/** Units a second, or undefined where too little is known. */
function speedBetween(first: Sample | undefined, last: Sample | undefined): number | undefined {
  if (first === undefined || last === undefined || last.at - first.at < 200 || last.done <= first.done) {
    return undefined;
  }
  return (last.done - first.done) / (last.at - first.at) * 1000;
}

function lineOf(task: Task, now: number): string {
  const { name, total, done, metrics, began } = task;
  const speed = speedBetween(task.samples[0], task.samples.at(-1));
  const left = speed === undefined || total === undefined ? undefined : (total - done) / speed;
  return [
    plainText(name),
    ...total === undefined || total === 0 ? [] : [`${bar(done / total)} ${formatPercent(done / total, 0)}`],
    amountOf(task),
    ...speed === undefined ? [] : [speedText(speed, task.unit)],
    left === undefined
      ? formatDuration((now - began) / 1000)
      : `${left < 59 ? `${Math.ceil(left)} s` : formatDuration(left)} left`,
    ...metricTexts(metrics),
  ].join("  ");
}

function lastLineOf(
  task: Task,
  { outcome, seconds, metrics }: Extract<ProgressEvent, { readonly kind: "finish" }>,
): string {
  const mark = { done: "✓", stopped: "■", failed: "✗" }[outcome];
  const ending = { done: "in", stopped: "stopped after", failed: "failed after" }[outcome];
  const speed = speedBetween(task.first, task.samples.at(-1));
  return [
    `${mark} ${plainText(task.name)}`,
    `${amountOf(task)} ${ending} ${formatDuration(seconds)}`,
    ...speed === undefined ? [] : [speedText(speed, task.unit)],
    ...metricTexts(metrics ?? task.metrics),
  ].join("  ");
}

const barLength = 20;

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barLength);
  return "█".repeat(full) + "░".repeat(barLength - full);
}

function amountOf({ done, total, unit }: Task): string {
  if (unit === "bytes") {
    return total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
  }
  return `${formatCount(done)}${total === undefined || total === done ? "" : ` of ${formatCount(total)}`} ${unit}`;
}

function speedText(speed: number, unit: string): string {
  return unit === "bytes" ? `${formatBytes(speed)}/s` : `${formatNumber(Number(speed.toPrecision(3)))}/s`;
}

/** Names are written apart (`validationAccuracy` as `validation accuracy`); speeds are in the line already. */
function metricTexts(metrics: Readonly<Record<string, number>>): string[] {
  return Object.entries(metrics).filter(([name]) => !name.endsWith("PerSecond")).map(([name, value]) =>
    `${name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()} ${
      Number.isInteger(value) ? formatCount(value) : formatNumber(Number(value.toPrecision(4)))
    }`
  );
}
