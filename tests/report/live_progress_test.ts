import assert from "node:assert/strict";
import { liveProgress, type ProgressEvent } from "curio";
import { recordingScreen } from "./samples.ts";

/** What is on the screen of this kind after the events, each at its millisecond. */
async function draw(
  kind: "notebook" | "terminal" | "log",
  events: readonly (readonly [at: number, event: ProgressEvent])[],
) {
  const screen = recordingScreen(kind);
  let now = 0;
  const progress = liveProgress({ screen, clock: () => now });
  for (const [at, event] of events) {
    now = at;
    progress(event);
  }
  await progress.done();
  return screen.outputs;
}

const begin = (task: string, total?: number, unit = "images"): ProgressEvent => ({ kind: "begin", task, total, unit });
const advance = (task: string, done: number, metrics?: Record<string, number>): ProgressEvent => ({
  kind: "advance",
  task,
  done,
  metrics,
});
const finish = (task: string, seconds: number, outcome: "done" | "stopped" | "failed" = "done"): ProgressEvent => ({
  kind: "finish",
  task,
  outcome,
  seconds,
});
const note = (text: string): ProgressEvent => ({ kind: "note", task: "t", text });

Deno.test("liveProgress() keeps one output of a notebook up to date", async () => {
  const outputs = await draw("notebook", [
    [0, begin("fit", 60_000)],
    [1000, advance("fit", 15_000)],
    [2000, advance("fit", 30_000, { loss: 0.512345, validationAccuracy: 0.85, imagesPerSecond: 15_000 })],
  ]);
  assert.equal(new Set(outputs.map(({ displayId }) => displayId)).size, 1);
  assert.deepEqual(outputs.map(({ update }) => update), [false, true, true]);
  assert.equal(
    outputs.at(-1)!.data["text/plain"],
    "fit  ██████████░░░░░░░░░░ 50 %  30,000 of 60,000 images  15,000/s  2 s left  loss 0.5123  validation accuracy 0.85",
  );
});

Deno.test("liveProgress() draws at most four times a second, and the last state always", async () => {
  const steps = Array.from({ length: 1000 }, (_, step) => [step, advance("fit", step + 1)] as const);
  const outputs = await draw("notebook", [[0, begin("fit", 1000)], ...steps, [1000, finish("fit", 1)]]);
  assert.ok(outputs.length <= 6, `${outputs.length}`);
  assert.equal(outputs.at(-1)!.data["text/plain"], "✓ fit  1,000 images in 1.0 s  1,000/s");
});

Deno.test("liveProgress() draws on done() what came too soon after the last drawing, once", async () => {
  const outputs = await draw("notebook", [[0, begin("fit", 4)], [500, advance("fit", 2)], [600, advance("fit", 3)]]);
  assert.equal(outputs.length, 3);
  assert.match(outputs.at(-1)!.data["text/plain"], /3 of 4/);
});

Deno.test("liveProgress() keeps notes and ends as lines of their own, and forgets tasks inside a task", async () => {
  const outputs = await draw("notebook", [
    [0, begin("search", 2, "runs")],
    [0, note("a graph was compiled")],
    [300, begin("fit", 10)],
    [600, advance("fit", 10)],
    [900, finish("fit", 0.6)],
    [1200, advance("search", 1)],
    [1500, finish("search", 1.5, "stopped")],
    [1600, begin("test", 10)],
    [1700, finish("test", 70, "failed")],
  ]);
  assert.equal(
    outputs.at(-1)!.data["text/plain"],
    "a graph was compiled\n■ search  1 of 2 runs stopped after 1.5 s\n✗ test  0 of 10 images failed after 1 min 10 s",
  );
});

Deno.test("liveProgress() rewrites one line of a terminal and prints the rest", async () => {
  const outputs = await draw("terminal", [[0, begin("fit", 10)], [200, advance("fit", 5)], [300, note("hm")], [
    400,
    finish("fit", 0.4),
  ]]);
  const printed = outputs.filter(({ displayId }) => displayId === undefined).map(({ data }) => data["text/plain"]);
  assert.deepEqual(printed, ["hm", "✓ fit  5 of 10 images in 0.4 s"]);
  assert.equal(outputs.at(-1)!.data["text/plain"], ""); // the live line is gone
});

Deno.test("liveProgress() writes a line into a log every ten seconds at most, and the end", async () => {
  const steps = Array.from({ length: 25 }, (_, step) => [step * 1000, advance("fit", step)] as const);
  const outputs = await draw("log", [[0, begin("fit", 25)], ...steps, [25_000, finish("fit", 25)]]);
  const lines = outputs.map(({ data }) => data["text/plain"]);
  assert.deepEqual(lines.map((line) => line.match(/\d+ of 25/)?.[0]), ["10 of 25", "20 of 25", "24 of 25"]);
  assert.ok(outputs.every(({ displayId }) => displayId === undefined));
});

Deno.test("liveProgress() counts bytes as MB, and a resumed download's speed from where it began again", async () => {
  const outputs = await draw("notebook", [
    [0, begin("mnist", 40e6, "bytes")],
    [0, advance("mnist", 20e6)],
    [1000, advance("mnist", 25e6)],
  ]);
  assert.equal(
    outputs.at(-1)!.data["text/plain"],
    "mnist  █████████████░░░░░░░ 63 %  25.0 MB of 40.0 MB  5.0 MB/s  3 s left",
  );
});

Deno.test("liveProgress() shows what it knows where there is no total, and survives events out of order", async () => {
  const outputs = await draw("notebook", [
    [0, advance("stray", 3)],
    [0, finish("stray", 3)],
    [0, begin("unpack", undefined, "files")],
    [500, advance("unpack", 12)],
  ]);
  assert.equal(outputs.at(-1)!.data["text/plain"], "unpack  12 files  0.5 s");
});
