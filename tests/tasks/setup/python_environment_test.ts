import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { labStep, pythonStep } from "../../../lib/tasks/setup/python_environment.ts";
import { venvPath } from "../../../lib/tasks/setup/site.ts";
import { type FakeSite, fakeSite } from "./fake_site.ts";

/** A Python that answers as set-up expects, keeps a diary, makes environments with a copy of itself, and fails on demand. */
async function fakePython(site: FakeSite): Promise<() => Promise<string[]>> {
  const diary = `${site.root}/diary`;
  await site.command(
    "python3",
    `
PATH=/usr/bin:/bin
case "$1" in *supervise.py) shift 3;; esac
case "$1 $2" in
  "-c "*) echo 3.12.1 True True;;
  "-m venv") echo venv >> ${diary}; mkdir -p "$3/bin" "$3/lib"; cp "$0" "$3/bin/python";;
  "-m pip") echo pip >> ${diary}
    if [ -e ${site.root}/fail ]; then echo "ERROR: No matching distribution" >&2; exit 1; fi
    echo "Collecting nbclient==1 (from -r x)"; touch "${site.root}/.venv/lib/installed";;
esac`,
  );
  return async () => (await Deno.readTextFile(diary)).trim().split("\n");
}

const quiet = () => {};

Deno.test("pythonStep() makes an environment, installs what is pinned and is then done", async () => {
  await using site = await fakeSite();
  const diary = await fakePython(site);
  const step = pythonStep(site);
  assert.equal(await step.isDone(), false);
  const said: string[] = [];
  assert.match(await step.run((text) => said.push(text)), /^\d+ packages$/);
  assert.equal(await step.isDone(), true);
  assert.deepEqual(await diary(), ["venv", "pip"]);
  assert.match(said.join("\n"), /Python 3\.12\.1\n1 of \d+, Collecting nbclient/);
});

Deno.test("pythonStep() makes the environment anew after an install that was broken off, and leaves the rest of .venv", async () => {
  await using site = await fakeSite();
  const diary = await fakePython(site);
  await Deno.mkdir(venvPath(site, "tensorflow"), { recursive: true });
  await Deno.writeTextFile(`${site.root}/fail`, "");
  await assert.rejects(
    pythonStep(site).run(quiet),
    /No matching distribution\nIf the network is the reason.*PIP_INDEX_URL/,
  );
  assert.equal(await pythonStep(site).isDone(), false);
  await Deno.writeTextFile(venvPath(site, "lib", "half"), "");
  await Deno.remove(`${site.root}/fail`);
  await pythonStep(site).run(quiet);
  assert.deepEqual(await diary(), ["venv", "pip", "venv", "pip"]);
  assert.ok(!existsSync(venvPath(site, "lib", "half")));
  assert.ok(existsSync(venvPath(site, "tensorflow")));
});

Deno.test("labStep() adds to an environment that stands, and makes one again that its own failure has spoilt", async () => {
  await using site = await fakeSite();
  const diary = await fakePython(site);
  await pythonStep(site).run(quiet);
  await labStep(site).run(quiet);
  assert.deepEqual(await diary(), ["venv", "pip", "pip"]);
  await Deno.remove(venvPath(site, "installed-lab.txt"));
  await Deno.writeTextFile(`${site.root}/fail`, "");
  await assert.rejects(labStep(site).run(quiet));
  await Deno.remove(`${site.root}/fail`);
  await labStep(site).run(quiet);
  assert.deepEqual((await diary()).slice(3), ["pip", "venv", "pip", "pip"]);
  assert.equal(await labStep(site).isDone() && await pythonStep(site).isDone(), true);
});

Deno.test("pythonStep() says how to get a Python where there is none", async () => {
  await using site = await fakeSite();
  await assert.rejects(pythonStep(site).run(quiet), /Cannot make the Python environment: No Python was found on PATH/);
});
