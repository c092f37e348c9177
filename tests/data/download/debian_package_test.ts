import assert from "node:assert/strict";
import { join } from "node:path";
import { loadDataset } from "curio";
import { unpackDebianPackage } from "../../../lib/data/download/debian_package.ts";
import { gzip } from "../idx_bytes.ts";
import { putFiles, smallIdx, withFolder } from "../small_datasets.ts";

/** Runs `work` with nothing on the PATH but these shell scripts and what they need. */
async function withPrograms(scripts: Record<string, string>, work: (folder: string) => Promise<void>) {
  await withFolder(async (root) => {
    const bin = join(root, "bin");
    const folder = join(root, "folder");
    await Deno.mkdir(bin);
    await Deno.mkdir(folder);
    for (const [name, script] of Object.entries(scripts)) {
      const shell = "#!/bin/sh\nPATH=/usr/bin:/bin\n";
      await Deno.writeTextFile(join(bin, name), `${shell}echo "$@" >> "${root}/calls"\n${script}\n`, { mode: 0o755 });
    }
    const path = Deno.env.get("PATH")!;
    Deno.env.set("PATH", bin);
    try {
      await work(folder);
    } finally {
      Deno.env.set("PATH", path);
    }
  });
}

const callsOf = (folder: string) => Deno.readTextFileSync(join(folder, "..", "calls")).trimEnd().split("\n");

Deno.test("unpackDebianPackage() downloads through apt and unpacks, and leaves the package nowhere", async () => {
  const programs = {
    "apt-get": "echo content > some_1.0_all.deb",
    "dpkg-deb": 'mkdir "$3/usr"; mv "$2" "$3/usr/copy"; touch "$2"',
  };
  await withPrograms(programs, async (folder) => {
    assert.equal(await unpackDebianPackage("some", { folder }), undefined);
    assert.equal(await Deno.readTextFile(join(folder, "usr", "copy")), "content\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["usr"]);
  });
});

Deno.test("unpackDebianPackage() gets package lists of its own where apt has none", async () => {
  const programs = {
    "apt-get": `case "$*" in
      download*Dir::State*) echo content > some.deb ;;
      download*) echo "E: Unable to locate package some" >&2; exit 100 ;;
      update*Dir::State*) ;;
    esac`,
    "dpkg-deb": "true",
  };
  await withPrograms(programs, async (folder) => {
    const notes: string[] = [];
    const fault = await unpackDebianPackage("some", {
      folder,
      onProgress: (event) => event.kind === "note" && notes.push(event.text),
    });
    assert.equal(fault, undefined);
    assert.match(notes[1], /apt does not give some \(Unable to locate package some\); fetching package lists/);
    assert.deepEqual(callsOf(folder).map((call) => call.split(" ")[0]), [
      "download",
      "update",
      "download",
      "--extract",
    ]);
  });
});

Deno.test("unpackDebianPackage() says why it could not be done", async () => {
  const failing = 'echo "W: slow" >&2; echo "E: Could not resolve host" >&2; exit 100';
  await withPrograms({ "apt-get": failing }, async (folder) => {
    assert.equal(await unpackDebianPackage("some", { folder }), "Could not resolve host");
  });
  await withPrograms({}, async (folder) => {
    assert.equal(await unpackDebianPackage("some", { folder }), "there is no apt-get on this machine");
  });
  await withPrograms({ "apt-get": "true" }, async (folder) => {
    assert.equal(await unpackDebianPackage("some", { folder }), "apt brought no package");
  });
  await withPrograms({ "apt-get": "touch some.deb", "dpkg-deb": "exit 2" }, async (folder) => {
    assert.equal(await unpackDebianPackage("some", { folder }), "dpkg-deb --extract ended with exit code 2");
  });
});

Deno.test("loadDataset() takes the Debian package when no address answers, if its content is right", async () => {
  const { entry, files } = smallIdx();
  const withPackage = { ...entry, debianPackage: "dataset-small" };
  for (const isRight of [true, false]) {
    await withFolder(async (source) => {
      for (const [name, bytes] of files) {
        const content = isRight || name !== "test-images" ? bytes : bytes.with(20, 0);
        await putFiles(join(source, "usr/share"), [[`${name}.gz`, await gzip(content)]]);
      }
      const programs = { "apt-get": "touch some.deb", "dpkg-deb": `cp -r "${source}/usr" "$3"` };
      await withPrograms(programs, async (root) => {
        const loading = loadDataset(withPackage, { folders: [root] });
        if (isRight) assert.equal((await loading).train.images.count, 6);
        else {await assert.rejects(
            loading,
            /apt-get download dataset-small: the package holds other content as test-images/,
          );}
        assert.ok([...Deno.readDirSync(join(root, "small"))].every(({ name }) => name.endsWith(".gz")));
      });
    });
  }
});
