import assert from "node:assert/strict";
import { join } from "node:path";
import { awardExperiment, type AwardExperimentOptions, writeEvidence } from "curio";
import { testImagesOf } from "../../../lib/tasks/grading/test_images.ts";
import { writeReference } from "../../../lib/tasks/grading/reference.ts";
import { recordingScreen } from "../../report/samples.ts";
import { inFolder } from "../small_notebook.ts";
import { pixels, threeOfFour, writeRun } from "./executed.ts";

interface Case extends Partial<AwardExperimentOptions> {
  readonly value?: number;
  readonly work?: (folder: string) => Promise<void>;
}

/** The points of a notebook that says `value`, whose model was right on three images of four. */
async function pointsOf({ value = 0.75, work, ...options }: Case = {}): Promise<string> {
  const screen = recordingScreen();
  await inFolder(async (folder) => {
    await writeRun(folder, { name: "ps1", metrics: { metrics: { testAccuracy: { value, tolerance: 0 } } } });
    await writeEvidence("ps1", { folder, test: pixels.test, accuracy: { testAccuracy: [threeOfFour] } });
    await work?.(folder);
    const told = { folder, screen, testImagesOf: () => testImagesOf(pixels), metrics: ["testAccuracy"] };
    await awardExperiment("ps1", { points: 5, ...told, ...options });
  });
  return screen.outputs.map(({ data }) => data["text/plain"]).join("\n");
}

Deno.test("awardExperiment() gives its points for metrics that their predictions bear out", async () => {
  assert.match(await pointsOf(), /5 of 5 points$/);
});

Deno.test("awardExperiment() gives nothing for metrics that are forged, missing, or without predictions", async () => {
  assert.match(await pointsOf({ value: 0.99 }), /0\.99 in the metrics file, and 0\.75 by its own[^]*0 of 5 points$/);
  assert.match(await pointsOf({ metrics: ["macroF1"] }), /macroF1 is missing[^]*0 of 5 points$/);
  const bare = await pointsOf({ work: (folder) => Deno.remove(join(folder, "ps1.evidence.json.gz")) });
  assert.match(bare, /nothing was recorded that gives testAccuracy[^]*0 of 5 points$/);
});

Deno.test("awardExperiment() gives nothing for metrics that were there before the notebook ran", async () => {
  const old = await pointsOf({ work: (folder) => Deno.utime(join(folder, "ps1.metrics.json"), 1, 1) });
  assert.match(old, /○ ps1: to do\n0 of 5 points$/);
});

Deno.test("awardExperiment() holds metrics against a reference", async () => {
  await inFolder(async (folder) => {
    const reference = join(folder, "reference.json");
    const around = async (middle: number) => {
      const values = { 1: middle - 0.01, 2: middle, 3: middle + 0.01 };
      const notebooks = { ps1: { code: "", seeds: [1, 2, 3], metrics: { testAccuracy: values } } };
      const profiles = { quick: { notebooks } };
      await writeReference(reference, { format: "curio reference 1", dataset: "pixels", profiles });
      return await pointsOf({ reference });
    };
    assert.match(await around(0.75), /5 of 5 points$/);
    assert.match(await around(0.2), /testAccuracy is 0\.75; the reference is [^]*0 of 5 points$/);
  });
});
