import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { addonStep } from "../../../lib/tasks/setup/addon.ts";
import { findCompiler } from "../../../lib/tasks/setup/find_compiler.ts";
import type { TensorFlowChoice } from "../../../lib/tasks/setup/choose_tensorflow.ts";
import { venvPath } from "../../../lib/tasks/setup/site.ts";
import { type FakeSite, fakeSite } from "./fake_site.ts";

const choice: TensorFlowChoice = { package: "tensorflow-cpu", device: "cpu", architecture: "x86_64", reason: "no GPU" };

/** What the steps before leave: the package, the headers, the unpacked library. */
async function withLibrary(site: FakeSite): Promise<FakeSite> {
  const packages = join(site.root, "node_modules");
  await Deno.mkdir(join(packages, "@tensorflow", "tfjs-node-gpu", "scripts"), { recursive: true });
  await Deno.mkdir(join(packages, "node-api-headers", "include"), { recursive: true });
  await Deno.writeTextFile(join(packages, "@tensorflow", "tfjs-node-gpu", "package.json"), '{"version": "4.22.0"}');
  const library = venvPath(site, "tensorflow", "tensorflow");
  await Deno.mkdir(library, { recursive: true });
  await Deno.writeTextFile(join(library, "libtensorflow_cc.so.2"), "");
  const note = { package: "tensorflow-cpu", version: "2.21.0", device: "cpu", reason: "no GPU" };
  await Deno.writeTextFile(join(library, "library.json"), JSON.stringify(note));
  return site;
}

const addon = ({ root }: FakeSite) =>
  join(root, "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node");
const note = async (site: FakeSite) =>
  JSON.parse(await Deno.readTextFile(venvPath(site, "tensorflow", "installed.json")));
const quiet = () => {};

Deno.test("addonStep() compiles, keeps a copy outside node_modules, and notes what it did and why", async () => {
  await using site = await withLibrary(await fakeSite());
  await site.command("g++", 'while [ "$1" != -o ]; do shift; done; echo compiled > "$2"');
  const step = addonStep(site, choice);
  assert.equal(await step.isDone(), false);
  assert.match(await step.run(quiet), /^compiled with .*\/g\+\+: no GPU/);
  assert.equal(await step.isDone(), true);
  assert.equal(await Deno.readTextFile(addon(site)), "compiled\n");
  assert.equal(await Deno.readTextFile(venvPath(site, "tensorflow", "tfjs_binding.node")), "compiled\n");
  const { package: name, version, device, binding } = await note(site);
  assert.deepEqual([name, version, device, binding], ["tensorflow-cpu", "2.21.0", "cpu", "4.22.0"]);
});

Deno.test("addonStep() compiles again when the package or the library is another", async () => {
  await using site = await withLibrary(await fakeSite());
  await site.command("c++", 'while [ "$1" != -o ]; do shift; done; echo compiled > "$2"');
  const step = addonStep(site, choice);
  await step.run(quiet);
  await Deno.writeTextFile(
    join(site.root, "node_modules/@tensorflow/tfjs-node-gpu/package.json"),
    '{"version": "5.0.0"}',
  );
  assert.equal(await step.isDone(), false);
  await step.run(quiet);
  assert.equal(await step.isDone(), true);
  await Deno.remove(venvPath(site, "tensorflow", "tfjs_binding.node"));
  assert.equal(await step.isDone(), false);
});

Deno.test("addonStep() tries everything there is, and says of each why it did not do", async () => {
  await using site = await withLibrary(await fakeSite());
  await site.command("c++", "echo 'fatal error: no such header' >&2; exit 1");
  await Deno.mkdir(venvPath(site, "bin"), { recursive: true });
  await Deno.writeTextFile(venvPath(site, "bin", "python"), "#!/bin/sh\necho 'no network' >&2; exit 1\n", {
    mode: 0o755,
  });
  const everything = [/c\+\+ fails: fatal error: no such header/, /no network/, /prebuilt addon needs Node on PATH/];
  // The last resort is WebGPU, and this machine may have it or not.
  const outcome = await addonStep(site, choice).run(quiet).then((said) => ({ said }), (error: Error) => ({ error }));
  const text = "said" in outcome ? outcome.said : outcome.error.message;
  for (const reason of everything) assert.match(text, reason);
  if ("said" in outcome) {
    assert.match(text, /^WebGPU computes instead, slower/);
    assert.equal((await note(site)).package, "webgpu");
  } else {
    assert.match(
      text,
      /and WebGPU does not start .*\nInstall a C\+\+ compiler \(Debian and Ubuntu: `sudo apt install g\+\+`/,
    );
  }
  assert.ok(!existsSync(addon(site)));
});

Deno.test("addonStep() takes the package's own prebuilt addon where its script can fetch it", async () => {
  await using site = await withLibrary(await fakeSite());
  await site.command(
    "node",
    'PATH=/usr/bin:/bin; mkdir -p deps/lib lib/napi-v8; echo "$2 $3" > lib/napi-v8/tfjs_binding.node',
  );
  const step = addonStep(site, { ...choice, package: "prebuilt" });
  assert.match(await step.run(quiet), /^prebuilt: the package's own prebuilt addon/);
  assert.equal(await Deno.readTextFile(addon(site)), "cpu download\n");
  const { package: name, version } = await note(site);
  assert.deepEqual([name, version, await step.isDone()], ["prebuilt", "2.9.1", true]);
  assert.ok(!existsSync(join(site.root, "node_modules/@tensorflow/tfjs-node-gpu.prebuilt")));
});

Deno.test("findCompiler() takes CXX before all others", async () => {
  await using site = await fakeSite();
  assert.equal(findCompiler(site), undefined);
  const clang = await site.command("clang++", "");
  assert.equal(findCompiler(site), clang);
  const own = await site.command("my-compiler", "");
  assert.equal(findCompiler({ ...site, env: { ...site.env, CXX: "my-compiler" } }), own);
});
