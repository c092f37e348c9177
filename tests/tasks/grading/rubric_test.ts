import assert from "node:assert/strict";
import { readRubric } from "../../../lib/tasks/grading/rubric.ts";

async function reading(text: string): Promise<unknown> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(file, text);
    return await readRubric(file);
  } finally {
    await Deno.remove(file);
  }
}

const sample = {
  title: "Short",
  requirements: [{ requirement: "Runs", needs: [{ need: "passes", points: 5, notebook: "01_baseline_cnn" }] }],
};

Deno.test("readRubric() has the assignment's five requirements, 100 points in all", async () => {
  const { requirements } = await readRubric();
  const points = requirements.map(({ needs }) => needs.reduce((sum, { points }) => sum + points, 0));
  assert.deepEqual(points, [20, 20, 25, 20, 15]);
});

Deno.test("readRubric() reads another rubric, with what it leaves out filled in", async () => {
  assert.deepEqual(await reading(JSON.stringify(sample)), { ...sample, testedOnce: [], voids: {} });
});

Deno.test("readRubric() says what is wrong in a rubric, and where", async () => {
  const [runs] = sample.requirements;
  const withNeed = (need: object) => ({
    ...sample,
    requirements: [{ ...runs, needs: [{ ...runs.needs[0], ...need }] }],
  });
  const wrong: readonly [content: object | string, message: RegExp][] = [
    ["{", /it is not JSON/],
    [{ ...sample, requirements: [] }, /requirements/],
    [{ ...sample, extra: 1 }, /extra/],
    [{ ...sample, requirements: [runs, runs] }, /name of its own/],
    [withNeed({ points: -1 }), /needs\[0\]\.points/],
    [withNeed({ points: 0 }), /worth points/],
    [withNeed({ need: "shines" }), /needs\[0\]\.need/],
    [withNeed({ need: "metric", metric: "(" }), /must be a regular expression/],
    [{ ...sample, voids: { "bad-mood": "everything" } }, /voids/],
  ];
  for (const [content, message] of wrong) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await assert.rejects(reading(text), { name: "SyntaxError", message }, text);
  }
});
