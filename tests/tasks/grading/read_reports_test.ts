import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readReports } from "../../../lib/tasks/grading/read_reports.ts";
import { inFolder } from "../small_notebook.ts";
import { madeAt, names } from "./sample_record.ts";

const [{ metrics, evidence }] = madeAt(1);

Deno.test("readReports() reads what is whole, and says of the rest what is wrong with it", () =>
  inFolder(async (folder) => {
    const write = (name: string, content: object) => Deno.writeTextFile(join(folder, name), JSON.stringify(content));
    await write(`${names[0]}.metrics.json`, metrics);
    await write(`${names[1]}.metrics.json`, metrics); // of another notebook
    await write("__proto__.metrics.json", { ...metrics, notebook: "__proto__" });
    await write("04.metrics.json", { notebook: "04" });
    await Deno.writeFile(join(folder, `${names[0]}.evidence.json.gz`), gzipSync(JSON.stringify(evidence)));
    await Deno.writeTextFile(join(folder, "05.evidence.json.gz"), "no gzip");
    const read = await readReports(folder);
    assert.deepEqual(Object.keys(read.metrics).sort(), [names[0], "__proto__"].sort());
    assert.deepEqual(read.evidence, { [names[0]]: evidence });
    assert.equal(({} as { notebook?: string }).notebook, undefined);
    const faults = new Map(read.unreadable.map(({ file, fault }) => [file, fault]));
    assert.deepEqual([...faults.keys()], ["04.metrics.json", "05.evidence.json.gz", `${names[1]}.metrics.json`].sort());
    assert.match(faults.get(`${names[1]}.metrics.json`)!, /it says that it is of 01_baseline_cnn/);
  }));

Deno.test("readReports() unpacks no more than reports can be, in however many files", () =>
  inFolder(async (folder) => {
    const bomb = gzipSync(new Uint8Array(70e6)); // 68 KB
    for (const name of ["01", "02"]) await Deno.writeFile(join(folder, `${name}.evidence.json.gz`), bomb);
    const { unreadable: [first, second] } = await readReports(folder);
    assert.doesNotMatch(first.fault, /together/);
    assert.match(second.fault, /together the reports are longer than 128 MB/);
  }));
