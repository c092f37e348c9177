import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { unpackAll } from "../../../lib/data/download/unpack_archive.ts";
import { handinFiles } from "../../../lib/tasks/handin/handin_files.ts";
import { HandinRecord } from "../../../lib/tasks/handin/handin_record.ts";
import { makeHandin } from "../../../lib/tasks/handin/make_handin.ts";
import { zipFiles } from "../../../lib/tasks/handin/zip_files.ts";
import { inFolder } from "../small_notebook.ts";
import { writeRun } from "./executed.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function projectIn(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), path);
  }
}

const git = { commit: "c0ffee", changed: ["notebooks/01_a.ipynb", "data/secret.txt"], user: undefined };

Deno.test("zipFiles() gives the same bytes for the same files, in whatever order", () => {
  const [one, other] = [{ path: "b/two.txt", content: bytes("2") }, { path: "a.txt", content: bytes("1") }];
  assert.deepEqual(zipFiles([one, other]), zipFiles([other, one]));
  assert.notDeepEqual(zipFiles([one, other]), zipFiles([one, { ...other, content: bytes("3") }]));
});

Deno.test("handinFiles() takes sources and reports, no data, no weights and nothing that a run left behind", async () => {
  await inFolder(async (folder) => {
    const wanted = [
      ...["LICENSE", "deno.json", "deno.lock", "README.md", "lib/mod.ts", "lib/models/backbones/small.safetensors"],
      ...["notebooks/01_a.ipynb", "notebooks/helper.ts", "reports/01_a.evidence.json.gz", "reports/01_a.ipynb"],
      ...["reports/01_a.metrics.json", "reports/figures/01_curve.svg", "reports/report.md", "reports/tables/01_t.csv"],
    ];
    const left = ["lib/mine.safetensors", "notebooks/photos/cat.jpg"];
    const silent = [
      ...["data/train.gz", "node_modules/a.ts", "notebooks/.ipynb_checkpoints/01.ipynb", "reports/01_a.html"],
      ...["reports/handin-ana.zip", "reports/report.old-1.md", "reports/tables/01_t.parquet", "tests/a_test.ts"],
    ];
    await projectIn(folder, [...wanted, ...left, ...silent]);
    await Deno.symlink("/etc/hostname", join(folder, "notebooks", "link.ts"));
    const { files, leftOut } = await handinFiles(folder, { reports: join(folder, "reports") });
    assert.deepEqual(files.map(({ path }) => path).sort(), wanted.sort());
    assert.deepEqual(leftOut.map(({ path }) => path), left);
  });
});

Deno.test("makeHandin() packs an archive that unpacks to what its handin.json says", async () => {
  await inFolder(async (folder) => {
    const reports = join(folder, "reports");
    await projectIn(folder, ["notebooks/01_a.ipynb", "lib/mod.ts", "reports/figures/01.svg"]);
    await writeRun(reports, { name: "01_baseline_cnn" });
    const files = await handinFiles(folder, { reports });
    const checks = [{ check: "all is well", passed: false, faults: ["it is not"], remedy: "mend it" }];
    const options = { name: "ana", reports, checks, git };
    const { record, archive } = await makeHandin(files, { ...options, now: new Date("2026-01-02T03:04:05Z") });

    const [zip, fresh] = [join(folder, "handin.zip"), join(folder, "fresh")];
    await Deno.writeFile(zip, archive);
    await Deno.mkdir(fresh);
    await unpackAll(zip, { folder: fresh });
    const written = HandinRecord.parse(JSON.parse(await Deno.readTextFile(join(fresh, "handin.json"))));
    assert.deepEqual(written, record);
    assert.deepEqual(written.files.map(({ path }) => path), [
      ...[
        "lib/mod.ts",
        "notebooks/01_a.ipynb",
        "reports/01_baseline_cnn.ipynb",
        "reports/01_baseline_cnn.metrics.json",
      ],
      "reports/figures/01.svg",
    ]);
    for (const { path, bytes, sha256 } of written.files) {
      const content = await Deno.readFile(join(fresh, path));
      assert.equal(content.length, bytes);
      assert.equal(createHash("sha256").update(content).digest("hex"), sha256);
    }
    assert.deepEqual(written.git, { commit: "c0ffee", changed: ["notebooks/01_a.ipynb"] });
    assert.deepEqual([written.forced, written.made], [true, "2026-01-02T03:04:05.000Z"]);
    assert.deepEqual(written.notebooks.map(({ notebook, seed }) => [notebook, seed]), [["01_baseline_cnn", 1]]);

    const later = await makeHandin(files, { ...options, now: new Date("2027-01-01T00:00:00Z") });
    assert.equal(later.record.content, record.content, "when it was packed is no part of its content");
    const again = await makeHandin(files, { ...options, now: new Date("2026-01-02T03:04:05Z") });
    assert.deepEqual(again.archive, archive);
  });
});
