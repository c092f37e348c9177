import assert from "node:assert/strict";
import { awardPoints, type AwardPointsOptions } from "curio";
import { recordingScreen } from "./samples.ts";

const expects = { "it is even": (answer: number) => answer % 2 === 0, "it is small": (answer: number) => answer < 10 };

/** What the cell shows, and the results that nbgrader finds in it. */
async function award(answer: number | undefined, options: Partial<AwardPointsOptions<number>> = {}) {
  const screen = recordingScreen();
  const results: unknown[] = [];
  const broadcast = (type: string, content: Record<string, unknown>) => {
    if (type === "execute_result") results.push(Reflect.get(content.data as object, "text/plain"));
    return Promise.resolve();
  };
  await awardPoints<number>("A. Even", { points: 3, answer, expects, screen, broadcast, ...options });
  return { text: screen.outputs.map(({ data }) => data["text/plain"]).join("\n"), results };
}

Deno.test("awardPoints() gives the share of expectations that hold, as the one result of the cell", async () => {
  assert.deepEqual((await award(4)).results, ["3"]);
  assert.deepEqual((await award(12)).results, ["1.5"]);
  assert.deepEqual((await award(13)).results, ["0"]);
  assert.deepEqual((await award(undefined)).results, ["0"]);
  assert.match((await award(12)).text, /✗ A\. Even: not yet[^]*\n1\.5 of 3 points$/);
});

Deno.test("awardPoints() gives all or nothing where it is told so", async () => {
  assert.deepEqual((await award(12, { partial: false })).results, ["0"]);
  assert.deepEqual((await award(4, { partial: false })).results, ["3"]);
});

Deno.test("awardPoints() refuses points that are none", async () => {
  for (const points of [0, -1, NaN, Infinity]) await assert.rejects(award(4, { points }), RangeError);
});
