import assert from "node:assert/strict";
import { join } from "node:path";
import { findIsolation, type Isolation } from "../../../lib/tasks/grading/isolation.ts";
import { runInSandbox, type SandboxOptions } from "../../../lib/tasks/grading/sandbox.ts";
import { inFolder } from "../small_notebook.ts";

// What a hostile notebook could do, done by a few lines of Python: it starts sooner than a kernel, and the walls are the
// same. The limits are small, so that nothing comes of it even where a wall is missing.

const found = await findIsolation();
const isIsolated = found.kind === "bubblewrap";
const skipped = isIsolated ? "" : ` (skipped: ${found.reason})`;
const limits = { seconds: 30, memory: 300e6, processes: 40, disk: 30e6 };

interface Attack extends Partial<Pick<SandboxOptions, "limits" | "graceSeconds">> {
  readonly isolation?: Isolation;
}

/** Runs Python in a sandbox; what it printed, and what was seen of it. */
async function attack(code: string, { isolation = found, ...options }: Attack = {}) {
  return await inFolder(async (work) => {
    const printed: string[] = [];
    const run = await runInSandbox(({ python }) => [[python, "-c", code]], {
      ...{ isolation, limits, lane: { number: 0, cores: [0] }, work, graceSeconds: 0 },
      ...options,
      onLine: (line) => printed.push(line),
    });
    const files: Record<string, string> = {};
    for (const { name } of Deno.readDirSync(run.results)) files[name] = Deno.readTextFileSync(join(run.results, name));
    return { ...run, printed: printed.filter((line) => !line.startsWith('{"event"')).join("\n"), files };
  });
}

function inSandbox(name: string, body: () => Promise<void>): void {
  Deno.test({ name: `in the sandbox ${name}${skipped}`, ignore: !isIsolated, fn: body });
}

inSandbox("what is put into reports comes out, links left behind", async () => {
  const { code, files, breach } = await attack(`
import os
open("reports/found.json", "w").write("{}")
os.symlink("/etc/passwd", "reports/link.json")`);
  assert.deepEqual([code, breach, files], [0, undefined, { "found.json": "{}" }]);
});

inSandbox("memory beyond the limit ends it", async () => {
  const { breach, peak } = await attack("hoard = []\nwhile True: hoard.append(bytearray(10_000_000))");
  assert.equal(breach, "memory");
  assert.ok(peak.memory > limits.memory, `${peak.memory}`);
});

inSandbox("processes beyond the limit end it, however they multiply", async () => {
  const { breach } = await attack(`
import os
while True:
    try: os.fork()
    except OSError: pass`);
  assert.equal(breach, "processes");
});

inSandbox("there is no more disk than the limit, in files that nobody sees either", async () => {
  const { breach, said, peak } = await attack(`
import os
kept = []
while True:
    file = open("hidden", "wb", 0)
    os.unlink("hidden")
    kept.append(file)
    for _ in range(100): file.write(bytes(100_000))`);
  assert.ok(breach === "disk" || said.includes("No space left on device"), said);
  assert.ok(peak.disk <= limits.disk + 4096, `${peak.disk}`);
});

inSandbox("a single file is no longer than the disk", async () => {
  const { said } = await attack('open("sparse", "wb").truncate(10**12)');
  assert.match(said, /File too large/);
});

inSandbox("there is no network, and whoever tries is seen although it hides the error", async () => {
  const { packets, code } = await attack(`
import socket, time
try: socket.create_connection(("192.0.2.7", 80), 1)
except OSError: pass
time.sleep(0.5)`);
  assert.deepEqual([code, packets > 0], [0, true]);
});

inSandbox("names are asked of nobody, and asking is seen", async () => {
  const { packets, printed } = await attack(`
import socket, time
try: socket.getaddrinfo("curio.invalid", 80)
except OSError: print("unknown")
time.sleep(0.5)`);
  assert.deepEqual([printed, packets > 0], ["unknown", true]);
});

inSandbox("nothing can be written but the project's own folder and the usual temporary ones", async () => {
  const { printed } = await attack(`
import os
for top, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if name not in ("proc", "usr", "node_modules", ".venv")]
    if os.access(top, os.W_OK):
        print(top)
        folders[:] = []`);
  const project = printed.split("\n").filter((line) => !["/tmp", "/dev/shm", "/dev/pts"].includes(line));
  assert.equal(project.length, 1, printed);
  const { printed: settings } = await attack(`
import os
for top, folders, files in os.walk("/proc/sys"):
    for name in files:
        if os.access(os.path.join(top, name), os.W_OK): print(os.path.join(top, name))`);
  assert.equal(settings, "");
});

inSandbox("a file outside can be neither read nor removed", async () => {
  await inFolder(async (folder) => {
    const canary = join(folder, "canary");
    await Deno.writeTextFile(canary, "alive");
    const { printed } = await attack(`
import os, shutil
print(os.path.exists(${JSON.stringify(canary)}))
shutil.rmtree(${JSON.stringify(folder)}, ignore_errors=True)
shutil.rmtree("lib", ignore_errors=True)
print(len(os.listdir("lib")) > 5)`);
    assert.equal(printed, "False\nTrue");
    assert.equal(await Deno.readTextFile(canary), "alive");
  });
});

inSandbox("there are no other processes, no capabilities and no variables of the grader's", async () => {
  Deno.env.set("CURIO_TEST_SECRET", "secret");
  const { printed } = await attack(`
import os
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit())[-1] < 10)
print([line for line in open("/proc/self/status") if line.startswith("CapEff")][0].split()[1])
print("CURIO_TEST_SECRET" in os.environ)`);
  Deno.env.delete("CURIO_TEST_SECRET");
  assert.equal(printed, "True\n0000000000000000\nFalse");
});

inSandbox("time beyond the limit ends it, a daemon with it", async () => {
  const began = performance.now();
  const { breach } = await attack(
    `
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(60)
    os._exit(0)
time.sleep(60)`,
    { limits: { ...limits, seconds: 2 } },
  );
  assert.equal(breach, "seconds");
  assert.ok(performance.now() - began < 30_000);
});

inSandbox("what was reported before a limit is broken comes out all the same", async () => {
  const code = `
import subprocess, time
open("reports/partial.txt", "w").write("so far")
subprocess.run(["sleep", "60"])`;
  const { breach, files } = await attack(code, { limits: { ...limits, seconds: 2 }, graceSeconds: 5 });
  assert.deepEqual([breach, files], ["seconds", { "partial.txt": "so far" }]);
});

inSandbox("a flood of output costs the grader nothing", async () => {
  const { code, said } = await attack(`
import sys
for _ in range(300): sys.stderr.write("x" * 100_000)
print("y" * 10_000_000)`);
  assert.deepEqual([code, said.length <= 2 ** 16], [0, true]);
});

const plain: Isolation = { kind: "plain", reason: "a test" };
const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "without Bubblewrap memory, processes, disk and time are limited too",
  ignore: !isLinux,
  async fn() {
    const memory = await attack("hoard = []\nwhile True: hoard.append(bytearray(10_000_000))", { isolation: plain });
    assert.equal(memory.breach, "memory");
    const disk = await attack('n = 0\nwhile True: n += 1; open(f"reports/{n}", "wb").write(bytes(1_000_000))', {
      isolation: plain,
    });
    assert.equal(disk.breach, "disk");
    const processes = await attack(
      "import subprocess, time\nfor _ in range(60): subprocess.Popen(['sleep', '5'])\ntime.sleep(5)",
      {
        isolation: plain,
      },
    );
    assert.equal(processes.breach, "processes");
    const time = await attack("import time\ntime.sleep(60)", { isolation: plain, limits: { ...limits, seconds: 1 } });
    assert.equal(time.breach, "seconds");
  },
});

Deno.test({
  name: "without Bubblewrap the project is there all the same, and what is reported comes out",
  ignore: !isLinux,
  async fn() {
    const code = 'import os\nprint(os.path.exists("lib/mod.ts"))\nopen("reports/a.txt", "w").write("here")';
    const { printed, files } = await attack(code, { isolation: plain });
    assert.deepEqual([printed, files], ["True", { "a.txt": "here" }]);
  },
});

Deno.test("where Bubblewrap is not installed, plain limits are found, and the reason", async () => {
  const without = await findIsolation({ path: "/nowhere" });
  assert.deepEqual(without.kind, "plain");
});
