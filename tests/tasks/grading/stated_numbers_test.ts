import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../../lib/runtime/project_root.ts";
import { contradictions, statedShares } from "../../../lib/tasks/grading/stated_numbers.ts";
import { readNotebook, sourceOf } from "../../../lib/tasks/notebook_file.ts";
import { honestRecord } from "./sample_record.ts";

const valuesIn = (text: string) => statedShares(text).map(({ value }) => value);

Deno.test("statedShares() reads shares of right answers, in per cent and as fractions", () => {
  assert.deepEqual(valuesIn("The baseline reaches a test accuracy of **0.912**."), [0.912]);
  assert.deepEqual(valuesIn("It is right on 91.2 % of the test images. Fine-tuned, accuracy is 95%."), [0.912, 0.95]);
  assert.deepEqual(valuesIn("| CNN | accuracy 0.91 |\n| ResNet | accuracy 93 per cent |"), [0.93, 0.91]);
});

Deno.test("statedShares() leaves alone what is no result on the test images", () => {
  for (
    const text of [
      "The validation accuracy was 0.95.",
      "The 95 % confidence interval of the accuracy is wide.",
      "Random guessing has an accuracy of 10 %.",
      "Accuracy rose by 5 % more than expected.",
      "We used a dropout of 0.30 and a learning rate of 0.001.",
      "`accuracy = 0.5` in the code",
      "In Xiao et al. the published accuracy is 0.934.",
      "Accuracy: see table 0.1.2 and the years 2017–2020.",
    ]
  ) assert.deepEqual(valuesIn(text), [], text);
});

Deno.test("contradictions() finds nothing in the markdown of our own notebooks", async () => {
  const { claims } = honestRecord();
  for await (const { name } of Deno.readDir(join(projectRoot, "notebooks"))) {
    if (!name.endsWith(".ipynb")) continue;
    const { cells } = await readNotebook(join(projectRoot, "notebooks", name));
    const texts = cells.filter(({ cell_type }) => cell_type === "markdown").map(sourceOf);
    const markdown = texts.map((text, cell) => ({ file: name, cell, text }));
    assert.deepEqual(contradictions({ markdown, claims }), [], name);
  }
});

Deno.test("contradictions() is silent where nothing was claimed", () => {
  const markdown = [{ file: "report.md", cell: 0, text: "The accuracy is 0.99." }];
  assert.deepEqual(contradictions({ markdown, claims: {} }), []);
  assert.equal(contradictions({ markdown, claims: honestRecord().claims }).length, 1);
});
