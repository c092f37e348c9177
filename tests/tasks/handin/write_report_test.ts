import assert from "node:assert/strict";
import { join } from "node:path";
import { saveFigure, saveTable, table } from "curio";
import { findChromium } from "../../../lib/tasks/find_chromium.ts";
import { writeReport } from "../../../lib/tasks/handin/write_report.ts";
import { inFolder } from "../small_notebook.ts";
import { said, writeRun } from "./executed.ts";

const curve =
  `<svg xmlns="http://www.w3.org/2000/svg" aria-label="Curves. They rise &amp; fall." width="9" height="9"></svg>`;

async function withReports(work: (reports: string) => Promise<void>): Promise<void> {
  await inFolder(async (reports) => {
    await writeRun(reports, {
      name: "01_baseline_cnn",
      cells: [
        {
          source: "await show(…);",
          tags: ["conclusion"],
          outputs: [said("Hardest is Shirt."), said("in words\n────\nIt learns.")],
        },
        {
          source: `trainingCurves(history, { name: "01_training" });`,
          outputs: [{ ...said("Curves"), data: { "image/svg+xml": curve } }],
        },
      ],
    });
    await work(reports);
  });
}

const read = (reports: string, name = "report.md") => Deno.readTextFile(join(reports, name));

Deno.test("writeReport() writes what metrics, conclusions, tables and figures say", async () => {
  await withReports(async (reports) => {
    const rows = table([{ filters: "32", kernelSize: 3, accuracy: 0.5, seconds: 1.5, blocks: 1 }]);
    await saveTable(rows.frame, { name: "01_architectures", folder: join(reports, "tables") });
    const matrix = {
      title: "M",
      summary: "s",
      width: 9,
      height: 9,
      svg: curve,
      png: () => Promise.resolve(new Uint8Array()),
    };
    await saveFigure(matrix, { name: "01_confusion", folder: join(reports, "figures") });
    const { written, unwritten } = await writeReport(reports, { pdf: false });
    assert.deepEqual(written, [join(reports, "report.md"), join(reports, "report.html")]);
    assert.ok(unwritten.includes("introduction"));
    const report = await read(reports);
    assert.match(report, /Test accuracy: 91\.2 %/);
    assert.match(report, /^- Hardest is Shirt\.\n- It learns\.$/m);
    assert.match(report, /^\| +1 \| 32 +\| +3 \| +50\.0 % \| +1\.50 \|$/m);
    assert.match(report, /^!\[Curves\. They rise \\& fall\.\]\(figures\/01_confusion\.svg\)$/m);
    assert.match(report, /deno task notebooks 02/);
    assert.ok((await read(reports, "report.html")).includes(`<img src="data:image/svg+xml;base64,`));
  });
});

Deno.test("writeReport() takes a figure that nobody saved from the executed notebook", async () => {
  await withReports(async (reports) => {
    await writeReport(reports, { pdf: false });
    assert.match(await read(reports), /!\[Curves\. They rise \\& fall\.\]\(figures\/01_training\.svg\)/);
    assert.equal(await read(reports, "figures/01_training.svg"), curve);
  });
});

Deno.test("writeReport() keeps the author's text over new metrics, and writes nothing where nothing changed", async () => {
  await withReports(async (reports) => {
    await writeReport(reports, { pdf: false });
    const before = await read(reports);
    const mine = "My words: 100 % *mine*.\n\n- a list\n";
    await Deno.writeTextFile(
      join(reports, "report.md"),
      before.replace(/(<!-- yours: conclusion -->\n)[^]*?(<!-- end -->)/, (_, begin, end) => begin + mine + end),
    );
    await writeRun(reports, {
      name: "01_baseline_cnn",
      metrics: { metrics: { testAccuracy: { value: 0.5, tolerance: 0 } } },
    });
    const { notes } = await writeReport(reports, { pdf: false });
    const after = await read(reports);
    assert.deepEqual(notes, []);
    assert.ok(after.includes(`<!-- yours: conclusion -->\n${mine}<!-- end -->`));
    assert.match(after, /Test accuracy: 50\.0 %/);
    assert.deepEqual((await writeReport(reports, { pdf: false })).written, []);
  });
});

Deno.test("writeReport() keeps the old file aside when something outside the blocks was changed", async () => {
  await withReports(async (reports) => {
    await writeReport(reports, { pdf: false });
    const changed = (await read(reports)).replace("## 1. Introduction", "## 1. Where we begin");
    await Deno.writeTextFile(join(reports, "report.md"), changed);
    const { notes } = await writeReport(reports, { pdf: false });
    assert.match(notes[0], /report\.old-1\.md/);
    assert.equal(await read(reports, "report.old-1.md"), changed);
    assert.match(await read(reports), /## 1\. Introduction/);
  });
});

Deno.test("writeReport() leaves a report with damaged markers as it is, and --fresh keeps it aside", async () => {
  await withReports(async (reports) => {
    await writeReport(reports, { pdf: false });
    const damaged = (await read(reports)).replace("<!-- end -->", "");
    await Deno.writeTextFile(join(reports, "report.md"), damaged);
    await assert.rejects(writeReport(reports, { pdf: false }), {
      name: "SyntaxError",
      message: /line \d+: .*--fresh/s,
    });
    assert.equal(await read(reports), damaged);
    await writeReport(reports, { pdf: false, fresh: true });
    assert.equal(await read(reports, "report.old-1.md"), damaged);
    assert.notEqual(await read(reports), damaged);
  });
});

Deno.test("writeReport() says which metrics file is damaged", async () => {
  await withReports(async (reports) => {
    await Deno.writeTextFile(join(reports, "02_pretrained_finetune.metrics.json"), `{"notebook": 2}`);
    await assert.rejects(writeReport(reports, { pdf: false }), {
      name: "SyntaxError",
      message: /02_pretrained_finetune\.metrics\.json.*deno task notebooks 02_pretrained_finetune/s,
    });
  });
});

const browser = findChromium();
Deno.test({
  name: `writeReport() prints a PDF${browser ? "" : " (skipped: there is no Chromium here)"}`,
  ignore: browser === undefined,
  // The browser's pipes close a little after it has.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await withReports(async (reports) => {
      await writeReport(reports);
      const pdf = await Deno.readFile(join(reports, "report.pdf"));
      assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
    });
  },
});
