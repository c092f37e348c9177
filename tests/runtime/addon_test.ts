import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { addonPaths, installedTensorFlow, repairAddon } from "../../lib/runtime/addon.ts";

/** A project with these files in it, each holding its own path. */
async function withProject(
  which: (keyof ReturnType<typeof addonPaths>)[],
  work: (root: string) => void,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "curio-addon-" });
  try {
    for (const part of which) {
      const path = addonPaths(root)[part];
      Deno.mkdirSync(part === "binding" ? path : dirname(path), { recursive: true });
      if (part !== "binding") Deno.writeTextFileSync(path, path);
    }
    work(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("repairAddon() puts back what an install has swept away, from set-up's own copy", () =>
  withProject(["binding", "kept"], (root) => {
    const { addon, kept } = addonPaths(root);
    assert.equal(repairAddon(root), true);
    assert.equal(Deno.readTextFileSync(addon), kept);
    assert.deepEqual([...Deno.readDirSync(dirname(addon))].map(({ name }) => name), ["tfjs_binding.node"]);
  }));

Deno.test("repairAddon() leaves an addon that is there", () =>
  withProject(["binding", "kept", "addon"], (root) => {
    assert.equal(repairAddon(root), true);
    assert.equal(Deno.readTextFileSync(addonPaths(root).addon), addonPaths(root).addon);
  }));

Deno.test("repairAddon() says where there is nothing to load: no copy, or no package", async () => {
  await withProject(["binding"], (root) => assert.equal(repairAddon(root), false));
  await withProject(["kept"], (root) => {
    assert.equal(repairAddon(root), false);
    assert.ok(!existsSync(addonPaths(root).addon));
  });
});

Deno.test("installedTensorFlow() reads set-up's note, and takes a half-written one for none", () =>
  withProject(["kept"], (root) => {
    const { note } = addonPaths(root);
    assert.equal(installedTensorFlow(root), undefined);
    Deno.writeTextFileSync(note, '{"package": "tensorflow-cpu", "ver');
    assert.equal(installedTensorFlow(root), undefined);
    Deno.writeTextFileSync(note, '{"package": "tensorflow-cpu", "version": "2.21.0", "device": "cpu", "reason": "x"}');
    assert.equal(installedTensorFlow(root)?.version, "2.21.0");
  }));
