import assert from "node:assert/strict";
import { checkExercise } from "curio";
import { recordingScreen } from "./samples.ts";

const expects = {
  "it is even": (answer: number) => answer % 2 === 0,
  "it is below ten": (answer: number) => answer < 10 || `it is ${answer}`,
};

async function check(answer: number | undefined | Promise<number | undefined>) {
  const screen = recordingScreen();
  await checkExercise("Exercise 1", { answer, expects, screen });
  return screen.outputs.map(({ data }) => data["text/plain"]).join("\n");
}

Deno.test("checkExercise() says that an untouched skeleton is to do", async () => {
  assert.equal(await check(undefined), "○ Exercise 1: to do");
});

Deno.test("checkExercise() says what holds and what is still wrong", async () => {
  assert.equal(await check(12), "✗ Exercise 1: not yet\n  ✓ it is even\n  ✗ it is below ten – it is 12");
  assert.equal(await check(Promise.resolve(4)), "✓ Exercise 1: done\n  ✓ it is even\n  ✓ it is below ten");
});

Deno.test("checkExercise() never throws, whatever the answer or a check does", async () => {
  assert.match(await check(Promise.reject(new Error("no such layer"))), /could not be worked out: no such layer/);
  const screen = recordingScreen();
  const broken = {
    "it can be checked": () => {
      throw new TypeError("not iterable");
    },
  };
  await checkExercise("Exercise 2", { answer: 1, expects: broken, screen });
  assert.match(screen.outputs[0].data["text/plain"], /the check stopped: not iterable/);
});
