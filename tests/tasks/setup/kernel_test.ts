import assert from "node:assert/strict";
import { kernelStep } from "../../../lib/tasks/setup/kernel.ts";
import { venvPath } from "../../../lib/tasks/setup/site.ts";
import { fakeSite } from "./fake_site.ts";

Deno.test("kernelStep() writes a kernel whose Deno stays, and mends one that is gone or old", async () => {
  await using site = await fakeSite();
  const step = kernelStep(site);
  await Deno.mkdir(venvPath(site, "bin"), { recursive: true });
  assert.equal(await step.isDone(), false);
  await step.run(() => {});
  assert.equal(await step.isDone(), true);
  const path = venvPath(site, "share", "jupyter", "kernels", "curio", "kernel.json");
  const spec = JSON.parse(await Deno.readTextFile(path));
  const deno = venvPath(site, "bin", "deno");
  assert.deepEqual(spec.argv, [deno, "jupyter", "--kernel", "--conn", "{connection_file}"]);
  assert.deepEqual(spec.env, { NO_COLOR: "1", TF_CPP_MIN_LOG_LEVEL: "2" });
  assert.equal((await Deno.stat(deno)).size, (await Deno.stat(Deno.execPath())).size);
  await Deno.remove(deno);
  assert.equal(await step.isDone(), false);
  await step.run(() => {});
  await Deno.writeTextFile(path, JSON.stringify({ ...spec, metadata: { deno: "2.8.0" } }));
  assert.equal(await step.isDone(), false);
});
