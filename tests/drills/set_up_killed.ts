/**
 * Kills set-up with SIGKILL again and again, a little later each time, in a clone of its own, and checks that it then
 * comes to its end and that TensorFlow computes and the kernel runs. Fetches all that set-up fetches, some of it more
 * than once:
 *
 *     deno run -A tests/drills/set_up_killed.ts [SECONDS_BETWEEN]
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/runtime/project_root.ts";
import { runCommand } from "../../lib/tasks/command.ts";

const secondsBetween = Number(Deno.args[0] ?? 2);
const folder = await Deno.makeTempDir({ prefix: "curio-drill-" });
const clone = join(folder, "clone");
// Nothing that another run has left in a cache.
const env = {
  ...Deno.env.toObject(),
  NO_COLOR: "1",
  DENO_DIR: join(folder, "deno"),
  PIP_NO_CACHE_DIR: "1",
  CURIO_DATA: "",
};

const main = (...args: string[]) => [Deno.execPath(), "run", "-A", join(clone, "lib/tasks/main.ts"), ...args];

/** Runs set-up and kills it after so many seconds; whether it came to its end before. */
async function setUpFor(seconds: number): Promise<boolean> {
  const [command, ...args] = main("setup");
  const child = new Deno.Command(command, { args, env, cwd: clone, stdout: "piped", stderr: "inherit" }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  const text = await new Response(child.stdout).text();
  clearTimeout(timer);
  const { success, signal } = await child.status;
  const done = text.split("\n").filter((line) => /^\[\d+\/\d+\] .*\(\d/.test(line));
  console.log(`killed after ${seconds} s: ${done.at(-1) ?? "(nothing yet)"}`);
  assert.ok(success || signal === "SIGKILL", `set-up failed by itself:\n${text}`);
  return success;
}

try {
  const { code } = await runCommand(["git", "clone", "--quiet", projectRoot, clone]);
  assert.equal(code, 0);
  let kills = 0;
  for (let seconds = secondsBetween; !await setUpFor(seconds); seconds += secondsBetween) kills++;
  const again = await runCommand(main("setup"), { env, cwd: clone });
  assert.match(again.stdout, /^All is set up/, "set-up still found something to do");
  const probe = await runCommand([Deno.execPath(), "run", "-A", join(clone, "lib/tasks/probe_backend.ts")], { env });
  assert.equal(JSON.parse(probe.stdout).name, "tensorflow", probe.stderr);
  const test = await runCommand(main("test", "tests/tasks/execute_notebook_test.ts"), { env, cwd: clone });
  assert.match(test.stdout, /\n\d+ passed, 0 failed\n$/, test.stdout + test.stderr);
  console.log(`Killed ${kills} times, then set up; TensorFlow computes and notebooks run.`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
