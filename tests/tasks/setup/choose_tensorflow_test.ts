import assert from "node:assert/strict";
import { chooseTensorFlow, findGpu } from "../../../lib/tasks/setup/choose_tensorflow.ts";
import { fakeSite } from "./fake_site.ts";

Deno.test("findGpu() finds a GPU that TensorFlow can use", async () => {
  await using site = await fakeSite();
  await site.command("nvidia-smi", "echo 'NVIDIA H200, 570.86.15, 9.0'");
  assert.deepEqual(await findGpu(site), { name: "NVIDIA H200" });
});

const unusable: [string, string | undefined, Record<string, string>, RegExp][] = [
  ["nvidia-smi is missing", undefined, {}, /nvidia-smi is not on PATH/],
  ["the driver does not answer", "echo 'cannot talk to the driver'; exit 9", {}, /no usable GPU \(cannot talk to/],
  ["there is no card", "echo 'No devices were found'", {}, /no usable GPU \(No devices were found\)/],
  [
    "the driver is too old for CUDA 12",
    "echo 'Tesla K80, 470.57.02, 7.0'",
    {},
    /is 470\.57\.02, and CUDA 12 needs 525\.6/,
  ],
  ["the card is too old", "echo 'Tesla K80, 550.0, 3.7'", {}, /compute capability 3\.7, and TensorFlow needs 6\.0/],
  ["CURIO_DEVICE says cpu", "echo 'NVIDIA H200, 570.86, 9.0'", { CURIO_DEVICE: "cpu" }, /CURIO_DEVICE=cpu asks/],
];
for (const [name, script, env, reason] of unusable) {
  Deno.test(`findGpu() gives the reason where ${name}`, async () => {
    await using site = await fakeSite(env);
    if (script !== undefined) await site.command("nvidia-smi", script);
    const finding = await findGpu(site);
    assert.ok("missing" in finding);
    assert.match(finding.missing, reason);
  });
}

Deno.test("chooseTensorFlow() takes the CUDA library for a GPU and the small one without", {
  ignore: Deno.build.os !== "linux" || Deno.build.arch !== "x86_64",
}, async () => {
  await using site = await fakeSite();
  const without = await chooseTensorFlow(site);
  assert.deepEqual([without.package, without.device, without.architecture], ["tensorflow-cpu", "cpu", "x86_64"]);
  await site.command("nvidia-smi", "echo 'NVIDIA H200, 570.86.15, 9.0'");
  const choice = await chooseTensorFlow(site);
  assert.deepEqual([choice.package, choice.device, choice.reason], ["tensorflow", "gpu", "NVIDIA H200"]);
});
