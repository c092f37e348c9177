import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { activeLearning, JournalError, type JournalFault, Random } from "curio";
import { journaledOptions, journaledRun, type JournaledRunOptions } from "./journaled_run.ts";
import { withFolder } from "../data/small_datasets.ts";

async function fileIn(folder: string): Promise<string> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const name = names.find((name) => name.endsWith(".sqlite"));
  assert.ok(name, `no journal among ${names}`);
  return join(folder, name);
}

const script = fileURLToPath(new URL("./journaled_run.ts", import.meta.url));

const process = (args: readonly string[]) =>
  new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, ...args], stderr: "null" });

function isFault(fault: JournalFault, text: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof JournalError, `${error}`);
    assert.equal(error.fault, fault);
    assert.match(error.message, text);
    return true;
  };
}

class Stop extends Error {}

const stopAt = (wanted: number): JournaledRunOptions["onPoint"] => (point) => {
  if (point === wanted) throw new Stop();
};

for (const kind of ["probe", "network"] as const) {
  Deno.test(`a run on a ${kind}, stopped at any point and started again, gives identical rounds`, async () => {
    const whole = await journaledRun({ kind });
    assert.equal(whole.at(-1)?.stopped?.rule, "labelBudget");
    assert.ok(whole.at(-1)!.abstained > 0);
    const random = new Random(`stops of ${kind}`);
    for (let trial = 0; trial < (kind === "probe" ? 3 : 1); trial++) {
      await withFolder(async (journal) => {
        // A second stop may come sooner or later than the run's end.
        for (let stop = 0; stop < 2; stop++) {
          await assert.rejects(journaledRun({ kind, journal, onPoint: stopAt(random.integer(10)) }), Stop);
        }
        assert.deepEqual(await journaledRun({ kind, journal }), whole);
      });
    }
  });
}

Deno.test("a run whose process is killed twice goes on in a third, and gives identical rounds", async () => {
  const whole = await journaledRun();
  await withFolder(async (journal) => {
    for (const dieAt of ["9", "7", "never"]) {
      const { signal, stdout } = await process(["probe", journal, dieAt]).output();
      if (dieAt !== "never") assert.equal(signal, "SIGKILL");
      else assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), whole);
    }
  });
});

Deno.test("a finished run is read back without training or asking", async () => {
  await withFolder(async (journal) => {
    const whole = await journaledRun({ journal });
    assert.deepEqual(await journaledRun({ journal, onPoint: stopAt(0) }), whole);
  });
});

Deno.test("an answer that was told is durable at once, and is not asked again", async () => {
  await withFolder(async (journal) => {
    await assert.rejects(journaledRun({ journal, onPoint: stopAt(3) }), Stop);
    const database = new DatabaseSync(await fileIn(journal), { readOnly: true });
    assert.equal(database.prepare("SELECT count(*) AS n FROM questions WHERE answered").get()?.n, 3);
    database.close();
    const asked: number[] = [];
    const options = journaledOptions({ journal });
    const watching = {
      ...options,
      oracle: {
        ...options.oracle,
        ask(...[indices, ...rest]: Parameters<typeof options.oracle.ask>) {
          asked.push(indices.length);
          return options.oracle.ask(indices, ...rest);
        },
      },
    };
    await Array.fromAsync(activeLearning(watching));
    assert.deepEqual(asked.slice(0, 2), [3, 4]);
  });
});

Deno.test("two runs of different configurations lie side by side in one folder", async () => {
  await withFolder(async (journal) => {
    await Array.fromAsync(activeLearning(journaledOptions({ journal })));
    await Array.fromAsync(activeLearning({ ...journaledOptions({ journal }), batchSize: 7 }));
    const names = await Array.fromAsync(Deno.readDir(journal));
    assert.equal(names.length, 2);
  });
});

Deno.test("two processes on one run are kept apart", async () => {
  await withFolder(async (journal) => {
    const first = activeLearning(journaledOptions({ journal }));
    await first.next();
    await assert.rejects(journaledRun({ journal }), isFault("busy", /another does/));
    await first.return();
    await journaledRun({ journal });
  });
});

Deno.test("a damaged journal, one of a later version and one of another run are refused and left as they are", async () => {
  await withFolder(async (journal) => {
    const whole = await journaledRun({ journal });
    const path = await fileIn(journal);
    const good = await Deno.readFile(path);
    const refused = async (content: Uint8Array, check: ReturnType<typeof isFault>) => {
      await Deno.writeFile(path, content);
      await assert.rejects(journaledRun({ journal }), check);
      assert.deepEqual(await Deno.readFile(path), content);
    };
    const changed = async (sql: string) => {
      await Deno.writeFile(path, good);
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
      return await Deno.readFile(path);
    };
    await refused(new TextEncoder().encode("not a database".repeat(400)), isFault("damaged", /SQLite file/));
    await refused(good.map((byte, at) => at > 200 && at < 6000 ? 0xff : byte), isFault("damaged", /export/));
    await refused(await changed("PRAGMA user_version = 2"), isFault("newer", /Update Curio/));
    await refused(await changed("UPDATE run SET name = 'x'"), isFault("otherRun", /must belong/));
    await refused(await changed("UPDATE steps SET record = '{}' WHERE round = 0"), isFault("damaged", /round/));
    await Deno.writeFile(path, good);
    assert.deepEqual(await journaledRun({ journal }), whole);
  });
});

Deno.test("a folder that cannot be written is refused with a remedy", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "");
    await assert.rejects(journaledRun({ journal: join(file, "runs") }), isFault("unwritable", /another folder/));
  });
});

Deno.test({
  name: "a read-only folder is refused with a remedy (not as root, who may write everywhere)",
  ignore: Deno.uid() === 0,
  fn: () =>
    withFolder(async (folder) => {
      await Deno.chmod(folder, 0o500);
      await assert.rejects(journaledRun({ journal: folder }), isFault("unwritable", /another folder/));
      await Deno.chmod(folder, 0o700);
    }),
});

Deno.test({
  name: "a disk that is full is said clearly, and the run goes on when there is room (bash is there to limit it)",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (journal) => {
      const whole = await journaledRun();
      // No file may grow beyond 24 blocks of 1 KiB; the signal that says so is ignored, so that writing fails.
      const limited = `trap '' XFSZ; ulimit -f 24; exec "$0" run -A "$1" probe "$2" never`;
      const { success, stderr } = await new Deno.Command("bash", {
        args: ["-c", limited, Deno.execPath(), script, journal],
      }).output();
      assert.equal(success, false);
      assert.match(new TextDecoder().decode(stderr), /JournalError: Cannot use the journal .*Free some space/);
      const done: number[] = [];
      assert.deepEqual(await journaledRun({ journal, onPoint: (point) => done.push(point) }), whole);
      assert.ok(done.length > 0);
    }),
});
