import assert from "node:assert/strict";
import { join } from "node:path";
import { collectFiles, findSubmissions, SubmissionError } from "../../../lib/tasks/grading/submission_files.ts";
import { zipFiles } from "../../../lib/tasks/handin/zip_files.ts";
import { inFolder } from "../small_notebook.ts";

const text = (content: string) => new TextEncoder().encode(content);

async function below(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, prefix))) {
    const path = join(prefix, name);
    if (isDirectory) found.push(...await below(folder, path));
    else found.push(path);
  }
  return found.sort();
}

/** What is collected of a submission: the paths, or what it is refused for. */
async function collected(path: string, { withLibrary = false } = {}): Promise<string[] | string> {
  return await inFolder(async (work) => {
    const [submission] = await findSubmissions([path]);
    try {
      return await below(await collectFiles(submission, { work, withLibrary }));
    } catch (error) {
      if (error instanceof SubmissionError) return error.message;
      throw error;
    }
  });
}

async function collectedOfZip(files: Readonly<Record<string, string>>): Promise<string[] | string> {
  return await inFolder(async (folder) => {
    const path = join(folder, "ann.zip");
    const entries = Object.entries(files).map(([path, content]) => ({ path, content: text(content) }));
    await Deno.writeFile(path, zipFiles(entries));
    return await collected(path);
  });
}

Deno.test("of an archive notebooks and reports are taken, and nothing else", async () => {
  const files = { "notebooks/01.ipynb": "{}", "reports/01.metrics.json": "{}", "lib/mod.ts": "", "data/x.bin": "1" };
  assert.deepEqual(await collectedOfZip(files), ["notebooks/01.ipynb", "reports/01.metrics.json"]);
});

Deno.test("an archive with everything in one folder is the same, whoever packed it", async () => {
  const files = { "ann/notebooks/01.ipynb": "{}", "ann/reports/a.json": "{}", "__MACOSX/ann/._x": "", ".DS_Store": "" };
  assert.deepEqual(await collectedOfZip(files), ["notebooks/01.ipynb", "reports/a.json"]);
});

Deno.test("notebooks that lie in no folder are taken too", async () => {
  assert.deepEqual(await collectedOfZip({ "01.ipynb": "{}" }), ["notebooks/01.ipynb"]);
});

Deno.test("an archive without notebooks is none to be graded", async () => {
  assert.match(`${await collectedOfZip({ "essay.txt": "words" })}`, /must hold notebooks/);
});

Deno.test("an archive that leads out of its folder is refused", async () => {
  assert.match(`${await collectedOfZip({ "../../escaped.ipynb": "{}" })}`, /invalid relative path|stay inside/);
  assert.match(`${await collectedOfZip({ "/etc/escaped.ipynb": "{}" })}`, /absolute path|stay inside/);
});

Deno.test("an archive that is none is refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "ann.zip");
    await Deno.writeTextFile(path, "not a zip");
    assert.match(`${await collected(path)}`, /whole archive/);
  });
});

Deno.test("a file that unpacks to more than anyone could read is refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "bomb.zip");
    const zeros = { path: "notebooks/01.ipynb", content: new Uint8Array(65e6) };
    await Deno.writeFile(path, zipFiles([zeros]));
    assert.match(`${await collected(path)}`, /64 MB each: current value is more, at "01.ipynb"/);
  });
});

Deno.test("links in a submission are not followed", async () => {
  await inFolder(async (folder) => {
    const notebooks = join(folder, "ann", "notebooks");
    await Deno.mkdir(notebooks, { recursive: true });
    await Deno.writeTextFile(join(notebooks, "01.ipynb"), "{}");
    await Deno.symlink("/etc/passwd", join(notebooks, "02.ipynb"));
    await Deno.symlink("/etc", join(folder, "ann", "reports"));
    assert.deepEqual(await collected(join(folder, "ann")), ["notebooks/01.ipynb"]);
  });
});

Deno.test("a submission's own library comes along only where it is wanted", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "notebooks"));
    await Deno.mkdir(join(folder, "lib"));
    await Deno.writeTextFile(join(folder, "notebooks", "01.ipynb"), "{}");
    await Deno.writeTextFile(join(folder, "lib", "mod.ts"), "");
    assert.deepEqual(await collected(folder), ["notebooks/01.ipynb"]);
    assert.deepEqual(await collected(folder, { withLibrary: true }), ["lib/mod.ts", "notebooks/01.ipynb"]);
  });
});

Deno.test("findSubmissions() takes archives, project folders, and what lies in a folder of those", async () => {
  await inFolder(async (folder) => {
    for (const name of ["ben", "ann"]) await Deno.mkdir(join(folder, "class", name, "notebooks"), { recursive: true });
    await Deno.writeTextFile(join(folder, "class", "cleo.zip"), "");
    await Deno.writeTextFile(join(folder, "class", "notes.txt"), "");
    const names = (await findSubmissions([join(folder, "class"), join(folder, "class", "ann")])).map(({ name }) =>
      name
    );
    assert.deepEqual(names, ["ann", "ben", "cleo", "ann (2)"]);
    await assert.rejects(findSubmissions([join(folder, "nobody")]), /current value is nothing/);
    await assert.rejects(findSubmissions([join(folder, "class", "notes.txt")]), /current value is neither/);
  });
});
