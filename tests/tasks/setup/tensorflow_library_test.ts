import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCommand, runCommand } from "../../../lib/tasks/command.ts";
import type { TensorFlowChoice } from "../../../lib/tasks/setup/choose_tensorflow.ts";
import { findWheels } from "../../../lib/tasks/setup/find_wheels.ts";
import { venvPath } from "../../../lib/tasks/setup/site.ts";
import { tensorflowStep, unpackedLibrary } from "../../../lib/tasks/setup/tensorflow_library.ts";
import { type FakeSite, fakeSite } from "./fake_site.ts";

const choice: TensorFlowChoice = { package: "tensorflow-cpu", device: "cpu", architecture: "x86_64", reason: "no GPU" };

/** A pip whose index offers this. */
async function fakePip(site: FakeSite, offer: unknown): Promise<void> {
  await Deno.mkdir(venvPath(site, "bin"), { recursive: true });
  await Deno.mkdir(venvPath(site, "tensorflow", "partial"), { recursive: true });
  const script = `#!/bin/sh
while [ "$1" != --report ]; do shift; done
cat > "$2" <<'END'
${JSON.stringify({ install: [offer] })}
END
`;
  await Deno.writeTextFile(venvPath(site, "bin", "python"), script.replace("cat", "/bin/cat"), { mode: 0o755 });
}

const offer = (archive: unknown) => ({
  metadata: { name: "tensorflow_cpu", version: "2.21.0" },
  download_info: { url: "https://index.example/tensorflow_cpu.whl", archive_info: archive },
});

Deno.test("findWheels() reads pip's report, old spelling and new", async () => {
  await using site = await fakeSite();
  const sum = "ab".repeat(32);
  for (const archive of [{ hashes: { sha256: sum } }, { hash: `sha256=${sum}` }]) {
    await fakePip(site, offer(archive));
    const wheels = await findWheels(site, ["tensorflow-cpu"], choice);
    const address = "https://index.example/tensorflow_cpu.whl";
    assert.deepEqual(wheels, [{ name: "tensorflow_cpu", version: "2.21.0", address, sha256: sum }]);
  }
});

Deno.test("tensorflowStep() refuses an index that gives no sum, or the sum of something else", async () => {
  await using site = await fakeSite();
  await fakePip(site, offer({}));
  const step = tensorflowStep(site, choice);
  await assert.rejects(step.run(() => {}), /Cannot trust .*gives no SHA-256 for it\. Set PIP_INDEX_URL/);
  await fakePip(site, offer({ hashes: { sha256: "ab".repeat(32) } }));
  await assert.rejects(
    step.run(() => {}),
    /its SHA-256 must be dcc8afd3\w+: current value is abab\w+\. Set PIP_INDEX_URL/,
  );
  assert.equal(await step.isDone(), false);
  assert.equal(await unpackedLibrary(site), undefined);
});

const python = findCommand("python3");
Deno.test({
  name: "unpack_wheel.py takes what is wanted of a wheel and counts the bytes" +
    (python ? "" : " (skipped: no python3)"),
  ignore: python === undefined,
  async fn() {
    await using site = await fakeSite();
    const wheel = join(site.root, "a.whl");
    const make = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tensorflow/libtensorflow_cc.so.2", b"x" * 5)
    wheel.writestr("tensorflow/python/huge.so", b"y" * 9)
    wheel.writestr("tensorflow/include/tensorflow/c/c_api.h", b"z" * 2)`;
    await runCommand([python!, "-c", make, wheel]);
    const script = fileURLToPath(new URL("../../../lib/tasks/python/unpack_wheel.py", import.meta.url));
    const patterns = [String.raw`tensorflow/lib.*\.so\.2`, String.raw`tensorflow/include/.*\.h`];
    const { code, stdout } = await runCommand([python!, script, wheel, join(site.root, "out"), ...patterns]);
    assert.deepEqual([code, stdout], [0, "5 7\n7 7\n"]);
    assert.equal(await Deno.readTextFile(join(site.root, "out/tensorflow/include/tensorflow/c/c_api.h")), "zz");
    await assert.rejects(Deno.stat(join(site.root, "out/tensorflow/python")), Deno.errors.NotFound);
    const nothing = await runCommand([python!, script, wheel, join(site.root, "out"), "nvidia/.*"]);
    assert.match(nothing.stderr, /holds nothing like/);
  },
});
