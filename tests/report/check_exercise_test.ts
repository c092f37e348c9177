import assert from "node:assert/strict";
import { checkExercise } from "curio";
import { recordingScreen } from "./samples.ts";

const expects = {
  "it is even": (answer: number) => answer % 2 === 0,
  "it is below ten": (answer: number) => answer < 10 || `it is ${answer}`,
};

async function check(answer: number | undefined | Promise<number | undefined>) {
  const screen = recordingScreen();
  const state = await checkExercise("Exercise 1", { answer, expects, screen });
  return { state, said: screen.outputs.map(({ data }) => data["text/plain"]).join("\n") };
}

Deno.test("checkExercise() says that an untouched skeleton is to do", async () => {
  assert.deepEqual(await check(undefined), { state: "to do", said: "○ Exercise 1: to do" });
});

Deno.test("checkExercise() says what holds and what is still wrong", async () => {
  assert.deepEqual(await check(12), {
    state: "not yet",
    said: "✗ Exercise 1: not yet\n  ✓ it is even\n  ✗ not yet: it is below ten – it is 12",
  });
  assert.deepEqual(await check(Promise.resolve(4)), {
    state: "done",
    said: "✓ Exercise 1: done\n  ✓ it is even\n  ✓ it is below ten",
  });
});

Deno.test("checkExercise() never throws, whatever the answer or a check does", async () => {
  assert.match(
    (await check(Promise.reject(new Error("no such layer")))).said,
    /could not be worked out: no such layer/,
  );
  const screen = recordingScreen();
  const broken = {
    "it can be checked": () => {
      throw new TypeError("not iterable");
    },
  };
  assert.equal(await checkExercise("Exercise 2", { answer: 1, expects: broken, screen }), "not yet");
  assert.match(screen.outputs[0].data["text/plain"], /the check stopped: not iterable/);
});
