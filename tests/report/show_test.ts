import assert from "node:assert/strict";
import { join } from "node:path";
import pl from "nodejs-polars";
import { showOn, table, trainingCurves } from "curio";
import { projectRoot } from "../../lib/runtime/project_root.ts";
import { hostileNames, recordingScreen, sampleHistory } from "./samples.ts";

Deno.test("showOn() gives a figure as SVG, PNG and text together, and says how large the PNG is", async () => {
  const screen = recordingScreen();
  const figure = trainingCurves(sampleHistory(2));
  await showOn(screen, [figure]);
  const [{ data, metadata }] = screen.outputs;
  assert.deepEqual(Object.keys(data), ["image/svg+xml", "image/png", "text/plain"]);
  assert.equal(data["image/svg+xml"], figure.svg);
  assert.equal(atob(data["image/png"]).slice(1, 4), "PNG");
  assert.equal(data["text/plain"], `${figure.title}\n${figure.summary}`);
  assert.deepEqual(metadata, { "image/png": { width: figure.width, height: figure.height } });
});

Deno.test("showOn() gives a terminal the text of a figure alone", async () => {
  const screen = recordingScreen("terminal");
  await showOn(screen, [trainingCurves(sampleHistory(2))]);
  assert.deepEqual(Object.keys(screen.outputs[0].data), ["text/plain"]);
});

Deno.test("showOn() shows text, numbers, records, lists of records, frames and promises of them, in order", async () => {
  const screen = recordingScreen();
  const record: { readonly name: string; readonly filters: readonly number[] } = { name: "small", filters: [16, 32] };
  await showOn(screen, [
    "text",
    Promise.resolve(0.5),
    record,
    [{ a: 1 }, { a: 2 }],
    pl.DataFrame({ b: [3] }),
    table([{ c: 4 }], { title: "Title" }),
  ]);
  assert.deepEqual(screen.outputs.map(({ data }) => data["text/plain"]), [
    "text",
    "0.5",
    "name     value\n───────  ──────\nname     small\nfilters  16, 32",
    "a\n─\n1\n2",
    "b\n─\n3",
    "Title\nc\n─\n4",
  ]);
});

Deno.test("showOn() lets objects display themselves that know how", async () => {
  const screen = recordingScreen();
  await showOn(screen, [{ [Symbol.for("Jupyter.display")]: () => ({ "text/markdown": "*so*", "text/plain": "so" }) }]);
  assert.deepEqual(screen.outputs, [{ data: { "text/markdown": "*so*", "text/plain": "so" } }]);
});

Deno.test("showOn() escapes what it puts into HTML", async () => {
  const screen = recordingScreen();
  await showOn(screen, [hostileNames.map((name) => ({ name, [name]: name }))]);
  const html = screen.outputs[0].data["text/html"];
  assert.doesNotMatch(html, /<script|<b>/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});

Deno.test("showOn() shows the rest before it tells what went wrong", async () => {
  const screen = recordingScreen();
  await assert.rejects(showOn(screen, [Promise.reject(new RangeError("no epochs")), "after"]), /no epochs/);
  assert.equal(screen.outputs[0].data["text/plain"], "after");
});

Deno.test("showOn() saves what has a name, figures as SVG and PNG, tables as CSV and Parquet", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("CURIO_REPORTS");
  Deno.env.set("CURIO_REPORTS", folder);
  try {
    const screen = recordingScreen();
    const figure = trainingCurves(sampleHistory(2), { name: "01-curves" });
    await showOn(screen, [
      figure,
      table([{ a: 1.25 }, { a: 2 }], { name: "01-table" }),
      trainingCurves(sampleHistory(2)),
    ]);
    const files = (path: string) => [...Deno.readDirSync(join(folder, path))].map(({ name }) => name).sort();
    assert.deepEqual(files("."), ["figures", "tables"]);
    assert.deepEqual(files("figures"), ["01-curves.png", "01-curves.svg"]);
    assert.deepEqual(files("tables"), ["01-table.csv", "01-table.parquet"]);
    assert.equal(await Deno.readTextFile(join(folder, "figures", "01-curves.svg")), figure.svg);
    assert.equal(await Deno.readTextFile(join(folder, "tables", "01-table.csv")), "a\n1.25\n2.0\n");
    assert.deepEqual(pl.readParquet(join(folder, "tables", "01-table.parquet")).toRecords(), [{ a: 1.25 }, { a: 2 }]);
    await assert.rejects(
      showOn(screen, [trainingCurves(sampleHistory(2), { name: "../escape" })]),
      /Cannot name a file.*current value is "\.\.\/escape"/,
    );
  } finally {
    if (before === undefined) Deno.env.delete("CURIO_REPORTS");
    else Deno.env.set("CURIO_REPORTS", before);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("show() writes to standard output outside a notebook", async () => {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import { show } from "curio"; await show("hello", [{ a: 1 }]);`],
    cwd: projectRoot,
  }).output();
  assert.ok(success);
  assert.equal(new TextDecoder().decode(stdout), "hello\na\n─\n1\n");
});
