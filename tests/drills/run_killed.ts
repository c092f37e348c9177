/**
 * Kills a run of active learning with SIGKILL at random moments, again and again, and checks that it then ends with the
 * very rounds of one that was never stopped:
 *
 *     deno run -A tests/drills/run_killed.ts [KILLS] [SEED] [probe | network]
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Random } from "curio";
import { type JournaledKind, journaledRun } from "../learning/journaled_run.ts";

const kills = Number(Deno.args[0] ?? 20);
const random = new Random(Deno.args[1] ?? "drill");
const script = fileURLToPath(new URL("../learning/journaled_run.ts", import.meta.url));

/** Runs for so long, or to the end; what it printed, if it came there. */
async function runFor(milliseconds: number, { kind, journal }: { kind: JournaledKind; journal: string }) {
  const args = ["run", "-A", "--no-check", script, kind, journal];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const text = await new Response(child.stdout).text();
  clearTimeout(timer);
  const { success, signal } = await child.status;
  assert.ok(success || signal === "SIGKILL", "the run failed by itself");
  return success ? text : undefined;
}

const kinds: readonly JournaledKind[] = ["probe", "network"];
for (const kind of kinds.filter((kind) => (Deno.args[2] ?? kind) === kind)) {
  const whole = JSON.stringify(await journaledRun({ kind }));
  const began = performance.now();
  let journal = await Deno.makeTempDir({ prefix: "curio-drill-" });
  await runFor(1e9, { kind, journal });
  const length = performance.now() - began;
  for (let killed = 0; killed < kills;) {
    await Deno.remove(journal, { recursive: true });
    journal = await Deno.makeTempDir({ prefix: "curio-drill-" });
    let text: string | undefined;
    for (let stretch = 0; stretch < 3 && text === undefined; stretch++) {
      text = await runFor(random.uniform(0.2, 1) * length, { kind, journal });
      if (text === undefined) killed++;
    }
    text ??= await runFor(1e9, { kind, journal });
    assert.equal(text?.trim(), whole);
    console.log(`${kind}: killed ${killed} times, identical`);
  }
  await Deno.remove(journal, { recursive: true });
}
