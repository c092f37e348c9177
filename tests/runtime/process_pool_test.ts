import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { type ProcessPoolOptions, type ProgressEvent, runInProcesses, type TaskOutcome, workersThatFit } from "curio";
import { availableMemory, peakMemory } from "../../lib/runtime/process_pool_memory.ts";

const module = new URL("process_pool_worker_sample.ts", import.meta.url);
const options: ProcessPoolOptions<number> = { module, result: z.number(), memory: 1e8, workers: 2 };

function endings(outcomes: readonly TaskOutcome<number>[]): (number | string)[] {
  return outcomes.map((outcome) => outcome.status === "done" ? outcome.value : outcome.error.message);
}

Deno.test("runInProcesses() gives results in the order of the tasks, from pinned workers that are used again", async () => {
  const squares = Array.from({ length: 6 }, (_, value) => ({ do: "square", value }));
  assert.deepEqual(endings(await runInProcesses(squares, options)), [0, 1, 4, 9, 16, 25]);
  const [pid, same, threads] = endings(
    await runInProcesses([{ do: "pid" }, { do: "pid" }, { do: "threads" }], { ...options, workers: 1, threads: 3 }),
  );
  assert.equal(pid, same);
  assert.notEqual(pid, Deno.pid);
  assert.equal(threads, 3);
  assert.deepEqual(await runInProcesses([], options), []);
});

Deno.test("runInProcesses() reports what fails for its own task, and the others go on", async () => {
  const heard: [number, string][] = [];
  const tasks = ["throw", "exit", "square", "killed", "lying", "text", "square"].map((what) => ({
    do: what,
    value: 2,
  }));
  const said = endings(
    await runInProcesses([...tasks, { wrong: 1 }], {
      ...options,
      onOutcome: ({ status }, place) => heard.push([place, status]),
    }),
  );
  assert.equal(said[0], "no 2");
  assert.match(`${said[1]}`, /^Cannot finish task 1: its worker died: it exited with 3\nabout to give up$/);
  assert.equal(said[2], 4);
  assert.match(`${said[3]}`, /its worker died: it was killed \(SIGKILL\), often for want of memory/);
  assert.match(`${said[4]}`, /^Cannot finish task 4: Cannot read a worker's message/);
  assert.match(`${said[5]}`, /^Cannot read a task's result: it is malformed/);
  assert.equal(said[6], 4);
  assert.match(`${said[7]}`, /^Cannot run a task: it is malformed/);
  assert.equal(heard.length, 8);
});

Deno.test("runInProcesses() hands on progress, and takes what a library prints for no message", async () => {
  const events: [ProgressEvent, number][] = [];
  const onProgress = (event: ProgressEvent, place: number) => events.push([event, place]);
  assert.deepEqual(endings(await runInProcesses([{ do: "chatty" }], { ...options, onProgress })), [1]);
  assert.deepEqual(events, [
    [{ kind: "begin", task: "count", total: 1, unit: "sheep" }, 0],
    [{ kind: "advance", task: "count", done: 1, metrics: { loss: NaN } }, 0],
  ]);
});

Deno.test("runInProcesses() that is aborted leaves no worker behind", async () => {
  const controller = new AbortController();
  const pids: number[] = [];
  const onProgress = (event: ProgressEvent) => {
    if (event.kind === "note") pids.push(Number(event.text));
    if (pids.length === 2) controller.abort(new DOMException("enough", "AbortError"));
  };
  const sleep = { do: "sleep" };
  await assert.rejects(
    runInProcesses([sleep, sleep, sleep], { ...options, onProgress, signal: controller.signal }),
    { name: "AbortError", message: "enough" },
  );
  assert.deepEqual(pids.map(isAlive), [false, false]);
  await assert.rejects(runInProcesses([sleep], { ...options, signal: controller.signal }), { message: "enough" });
});

Deno.test("workers end when the process that started them is killed", async () => {
  const code = `
    import { runInProcesses } from ${
    JSON.stringify(new URL("../../lib/runtime/process_pool.ts", import.meta.url).href)
  };
    import { z } from "zod";
    runInProcesses([{ do: "sleep" }], {
      module: new URL(${JSON.stringify(module.href)}),
      result: z.number(),
      onProgress: ({ text }) => console.log(text),
    });`;
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    cwd: join(import.meta.dirname!, "..", ".."),
    stdout: "piped",
  }).spawn();
  const reader = parent.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  assert.ok(pid > 1 && isAlive(pid));
  parent.kill("SIGKILL");
  await parent.status;
  while (isAlive(pid)) await delay(20);
  await reader.cancel();
});

Deno.test("workersThatFit() goes by cores, threads and memory, and is never none", () => {
  const of = (available: number, rest = {}) => workersThatFit({ available, cores: 8, memory: 1e9, ...rest });
  assert.equal(of(100e9), 8);
  assert.equal(of(100e9, { threads: 3 }), 2);
  assert.equal(of(3.5e9), 3);
  assert.equal(of(0), 1);
});

Deno.test("availableMemory() respects the limits of control groups, old and new", async () => {
  const groups = await Deno.makeTempDir();
  try {
    const write = async (path: string, text: string) => {
      const file = join(groups, path);
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, text);
    };
    await write("v2", "0::/pod/box\n");
    await write("pod/memory.max", "1000000\n");
    await write("pod/memory.current", "900000\n");
    await write("pod/memory.stat", "anon 5\ninactive_file 300000\n");
    await write("pod/box/memory.max", "max\n");
    await write("pod/box/memory.current", "5\n");
    assert.equal(availableMemory({ groups, own: join(groups, "v2") }), 400_000);
    await write("v1", "5:cpu:/x\n4:memory:/box\n");
    await write("memory/box/memory.limit_in_bytes", "5000\n");
    await write("memory/box/memory.usage_in_bytes", "1000\n");
    assert.equal(availableMemory({ groups, own: join(groups, "v1") }), 4000);
    const without = availableMemory({ groups: join(groups, "none"), own: join(groups, "none") });
    assert.ok(without > 1e6 && without <= Deno.systemMemoryInfo().total);
  } finally {
    await Deno.remove(groups, { recursive: true });
  }
});

Deno.test("peakMemory() is at least what the process has now", () => {
  const held = new Uint8Array(64e6).fill(1);
  assert.ok(peakMemory() > held.length);
});

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
