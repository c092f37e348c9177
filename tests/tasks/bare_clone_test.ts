import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/runtime/project_root.ts";
import { runCommand } from "../../lib/tasks/command.ts";
import { inFolder } from "./small_notebook.ts";

/** A clone in which nothing was set up, and a search path with nothing on it but these scripts. */
async function bareClone(
  scripts: Record<string, string>,
  work: (task: (...args: string[]) => ReturnType<typeof runCommand>, root: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const root = join(folder, "clone");
    for (const part of ["lib", "deno.json", "deno.lock"]) await copy(join(projectRoot, part), join(root, part));
    await Deno.mkdir(join(folder, "bin"));
    for (const [name, script] of Object.entries(scripts)) {
      await Deno.writeTextFile(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const env = {
      ...{ PATH: join(folder, "bin"), HOME: folder, NO_COLOR: "1" },
      // No network: what asks for one is refused at once.
      ...{
        HTTPS_PROXY: "http://127.0.0.1:9",
        HTTP_PROXY: "http://127.0.0.1:9",
        NPM_CONFIG_REGISTRY: "http://127.0.0.1:9",
      },
      DENO_DIR: join(folder, "deno"),
    };
    await work(
      (...args) => runCommand([Deno.execPath(), "run", "-A", join(root, "lib/tasks/main.ts"), ...args], { env }),
      root,
    );
  });
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

Deno.test("doctor on a bare clone without Python, compiler and network says the way out of each, and fails", () =>
  bareClone({}, async (task) => {
    const { code, stdout, stderr } = await task("doctor");
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^ok +Deno +\d/m);
    assert.match(stdout, /^MISS Python .*\n +→ No Python was found on PATH\. Install one: .*python3-venv/m);
    assert.match(stdout, /^-- +C\+\+ compiler +none on PATH .*\n +→ .*apt install g\+\+/m);
    assert.match(stdout, /^MISS npm packages +not installed\n +→ `deno task setup` fetches them/m);
    assert.match(stdout, /^-- +TensorFlow .*\n +→ `deno task setup` fetches it \(274 MB\)/m);
    assert.match(stdout, /^MISS Jupyter kernel/m);
    assert.match(stdout, /^\d missing; the arrows show the way out\./m);
  }));

Deno.test("doctor tells what it found: Python, compiler, GPU", () =>
  bareClone({
    python3: "echo 3.12.1 True True",
    "g++": "echo 'g++ (Debian) 12.2.0'",
    "nvidia-smi": "echo 'NVIDIA H200, 570.86.15, 9.0'",
  }, async (task) => {
    const { stdout } = await task("doctor");
    assert.match(stdout, /^ok +Python +3\.12\.1 at /m);
    assert.match(stdout, /^ok +C\+\+ compiler +.*g\+\+ \(g\+\+ \(Debian\) 12\.2\.0\)/m);
    assert.match(stdout, /^ok +GPU +NVIDIA H200/m);
  }));

Deno.test("setup without network says what it could not fetch and what to set right", () =>
  bareClone({ python3: "echo 3.12.1 True True" }, async (task) => {
    const { code, stdout } = await task("setup");
    assert.equal(code, 1);
    assert.match(stdout, /packages from npm +170 MB to fetch, 625 MB on disk/);
    assert.match(stdout, /Cannot install the packages from npm:\n[^]*If the network is the reason.*HTTPS_PROXY/);
  }));

Deno.test("clean gives back what set-up made, and leaves data and reports unless they are named", () =>
  bareClone({}, async (task, root) => {
    const files = [".venv/bin/python", "node_modules/a/b.js", "data/mnist/a.gz", "data/caches/c", "reports/01.html"];
    for (const file of [...files, "data/README.md", "reports/README.md"]) {
      await Deno.mkdir(join(root, file, ".."), { recursive: true });
      await Deno.writeTextFile(join(root, file), "x".repeat(10_000));
    }
    const there = () => Promise.all(files.map((file) => Deno.stat(join(root, file)).then(() => true, () => false)));
    assert.match((await task("clean", "--dry-run")).stdout, /would remove \.venv: \d+ kB\nwould remove node_modules/);
    assert.deepEqual(await there(), [true, true, true, true, true]);
    await task("clean", "--caches");
    assert.deepEqual(await there(), [true, true, true, false, true]);
    assert.match(
      (await task("clean")).stdout,
      /removed \.venv: \d+ kB\nremoved node_modules: \d+ kB\n\d+ kB given back/,
    );
    assert.deepEqual(await there(), [false, false, true, false, true]);
    await task("clean", "--all");
    assert.deepEqual(await there(), [false, false, false, false, false]);
    assert.ok((await Deno.stat(join(root, "data/README.md"))).isFile);
    assert.match((await task("clean")).stdout, /Nothing to remove/);
  }));

Deno.test("an option that a task does not have is refused in one sentence", () =>
  bareClone({}, async (task) => {
    const { code, stdout, stderr } = await task("clean", "--everything");
    assert.deepEqual([code, stderr], [2, ""]);
    assert.match(stdout, /Unknown option '--everything'/);
  }));

Deno.test("a task that is not there is answered with those that are", () =>
  bareClone({}, async (task) => {
    const { code, stdout } = await task("sing");
    const tasks =
      "setup, test, notebooks, report, handin, lab, label, doctor, strip, check-committed, bench, predict, " +
      "pretrain, grade, clean";
    assert.deepEqual([code, stdout], [2, `There is no task "sing". There are: ${tasks}.\n`]);
  }));
