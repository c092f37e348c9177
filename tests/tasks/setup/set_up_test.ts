import assert from "node:assert/strict";
import { join } from "node:path";
import { holdLock } from "../../../lib/tasks/setup/hold_lock.ts";
import { setUp } from "../../../lib/tasks/setup/set_up.ts";
import { SetupError, type Step } from "../../../lib/tasks/setup/step.ts";
import { fakeSite } from "./fake_site.ts";

/** A step that is done once its file is there. */
function step(root: string, name: string, more: Partial<Step> = {}): Step & { runs: number } {
  const path = join(root, name);
  const made = {
    ...{ name, fetches: 0, disk: 0, seconds: 1, runs: 0 },
    isDone: () => Deno.stat(path).then(() => true, () => false),
    async run() {
      made.runs++;
      await Deno.writeTextFile(path, "");
      return "made";
    },
    ...more,
  };
  return made;
}

/** What is printed while `work` is done. */
async function printed(work: () => Promise<void>): Promise<string> {
  const lines: unknown[] = [];
  const log = console.log;
  console.log = (...words) => lines.push(words.join(" "));
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("setUp() says what it will fetch and take, does what is missing in order, and then has nothing to say", async () => {
  await using site = await fakeSite();
  const steps = [
    step(site.root, "a", { fetches: 274e6, disk: 860e6, seconds: 40 }),
    step(site.root, "b", { disk: 1e6, seconds: 15 }),
  ];
  const first = await printed(() => setUp(site, steps));
  assert.match(
    first,
    /a +274 MB to fetch, 860 MB on disk\n +b +1 MB on disk\nIn all about 274 MB to fetch, 861 MB on disk and 1 min/,
  );
  assert.match(first, /\[1\/2\] a: made .*\n\[2\/2\] b: made/);
  assert.equal(await printed(() => setUp(site, steps)), "");
  assert.deepEqual(steps.map(({ runs }) => runs), [1, 1]);
});

Deno.test("setUp() keeps what was done before a step that fails, and goes on from there", async () => {
  await using site = await fakeSite();
  const good = step(site.root, "good");
  let broken = true;
  const bad = step(site.root, "bad");
  const failing = { ...bad, run: () => broken ? Promise.reject(new SetupError("no network")) : bad.run(() => {}) };
  const output = await printed(() => assert.rejects(setUp(site, [good, failing]), /no network/));
  assert.match(output, /\[2\/2\] bad: failed/);
  broken = false;
  await printed(() => setUp(site, [good, failing]));
  assert.deepEqual([good.runs, bad.runs], [1, 1]);
});

Deno.test("setUp() does again what a later step has undone", async () => {
  await using site = await fakeSite();
  const kernel = step(site.root, "kernel");
  await kernel.run(() => {});
  const python = step(site.root, "python");
  const remaking = {
    ...python,
    run: async () => {
      await Deno.remove(join(site.root, "kernel"));
      return await python.run(() => {});
    },
  };
  await printed(() => setUp(site, [remaking, kernel]));
  assert.equal(kernel.runs, 2);
});

Deno.test("setUp() refuses before it begins where the disk is too full", async () => {
  await using site = await fakeSite();
  const huge = step(site.root, "huge", { disk: 1e18 });
  await printed(() => assert.rejects(setUp(site, [huge]), /it takes 1000000000\.0 GB of disk, and .* has .* free/));
  assert.equal(huge.runs, 0);
});

Deno.test("setUp() waits for another at work in the same project, and does nothing twice", async () => {
  await using site = await fakeSite();
  const slow = step(site.root, "slow");
  const waiting = {
    ...slow,
    run: (progress: (text: string) => void) => new Promise((r) => setTimeout(r, 300)).then(() => slow.run(progress)),
  };
  const output = await printed(async () => void await Promise.all([setUp(site, [waiting]), setUp(site, [waiting])]));
  assert.equal(slow.runs, 1);
  assert.match(output, /Another set-up.* is at work here; waiting for it/);
});

Deno.test("holdLock() is free again when the process that held it is killed", async () => {
  await using site = await fakeSite();
  const path = join(site.root, "lock");
  const module = JSON.stringify(new URL("../../../lib/tasks/setup/hold_lock.ts", import.meta.url).href);
  const script =
    `const { holdLock } = await import(${module}); globalThis.lock = await holdLock(${JSON.stringify(path)}); ` +
    "console.log('held'); await new Promise((r) => setTimeout(r, 60_000))";
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  using _lock = await holdLock(path);
  assert.equal((await Deno.readTextFile(path)).trim(), String(Deno.pid));
});
