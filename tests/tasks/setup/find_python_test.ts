import assert from "node:assert/strict";
import { findPythons, pythonRemedy, usablePython } from "../../../lib/tasks/setup/find_python.ts";
import { fakeSite } from "./fake_site.ts";

Deno.test("findPythons() takes the first that is new enough and complete, and passes over stubs", async () => {
  await using site = await fakeSite();
  await site.command("python3", "echo 3.9.2 False True");
  await site.command("python3.14", "echo no such version >&2; exit 127");
  await site.command("python3.12", "echo 3.12.1 True False");
  const complete = await site.command("python3.11", "echo 3.11.7 True True");
  const pythons = await findPythons(site);
  assert.deepEqual(pythons.map(({ version }) => version), ["3.9.2", "3.12.1", "3.11.7"]);
  assert.equal(usablePython(pythons)?.command, complete);
});

Deno.test("pythonRemedy() tells no Python, an old one and one without venv apart", async () => {
  await using site = await fakeSite();
  assert.match(pythonRemedy(await findPythons(site)), /No Python was found on PATH.*apt install python3 python3-venv/);
  await site.command("python3", "echo 3.9.2 False True");
  assert.match(pythonRemedy(await findPythons(site)), /python3 is Python 3\.9\.2, and 3\.10 or newer is needed/);
  await site.command("python3.12", "echo 3.12.1 True False");
  assert.match(pythonRemedy(await findPythons(site)), /3\.12\.1\) has no venv or ensurepip.*apt install python3-venv/);
});
