import assert from "node:assert/strict";
import { inTurn } from "curio";
import { recordingScreen } from "./samples.ts";

Deno.test("inTurn() does one job after the other and gives their results in order", async () => {
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    return name;
  };
  assert.deepEqual(await inTurn([job("a"), job("b")], { screen: recordingScreen("log") }), ["a", "b"]);
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends"]);
});

Deno.test("inTurn() leaves a line that says what was done", async () => {
  const screen = recordingScreen("notebook");
  await inTurn([() => 1, () => 2], { task: "noisy runs", unit: "runs", screen });
  assert.match(screen.outputs[0].data["text/plain"], /^noisy runs .* 0 of 2 runs/);
  assert.match(screen.outputs.at(-1)!.data["text/plain"], /^✓ noisy runs {2}2 runs in /);
});

Deno.test("inTurn() ends with the first job that fails, and says how far it came", async () => {
  const screen = recordingScreen("notebook");
  let third = false;
  const jobs = [
    () => 1,
    () => {
      throw new RangeError("no data");
    },
    () => {
      third = true;
    },
  ];
  await assert.rejects(inTurn<number | void>(jobs, { screen }), new RangeError("no data"));
  assert.equal(third, false);
  assert.match(screen.outputs.at(-1)!.data["text/plain"], /^✗ runs {2}1 of 3 runs failed after /);
});
