import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { fontsAvailable } from "curio";
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from "../../lib/report/format.ts";
import { element, escapeMarkup, plainText } from "../../lib/report/markup.ts";
import { projectRoot } from "../../lib/runtime/project_root.ts";
import { columnWidth, fitText, textWidth } from "../../lib/report/text_width.ts";

Deno.test("numbers are written for people", () => {
  assert.deepEqual([0, 0.123456, 3, 1234.5, 60000, 1e-7, NaN, -Infinity].map(formatNumber), [
    "0",
    "0.1235",
    "3",
    "1,235",
    "60,000",
    "1.00e-7",
    "–",
    "−∞",
  ]);
  assert.deepEqual([4.21, 9.96, 59.4, 83, 3599.6, 4000, NaN].map(formatDuration), [
    "4.2 s",
    "10 s",
    "59 s",
    "1 min 23 s",
    "1 h 0 min",
    "1 h 7 min",
    "–",
  ]);
  assert.deepEqual([999, 1000, 999_949, 999_950, 31e6, 5e12].map(formatBytes), [
    "999 bytes",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "31.0 MB",
    "5.0 TB",
  ]);
  assert.deepEqual([formatPercent(0.9166), formatPercent(1, 0), formatPercent(NaN)], ["91.7 %", "100 %", "–"]);
  assert.equal(formatCount(12345678901234567890n), "12,345,678,901,234,567,890");
});

Deno.test("element() escapes any text so that a parser reads it back", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const { document } = parseHTML(element("p", { title: text }, [escapeMarkup(text)]));
    assert.equal(document.querySelector("p")!.getAttribute("title"), plainText(text));
    assert.equal(document.querySelector("p")!.textContent, plainText(text));
  }));
});

Deno.test("fitText() fits, keeps both ends and leaves short texts alone", () => {
  assert.equal(fitText("cat", { width: 100, size: 10 }), "cat");
  assert.match(fitText("the same beginning, one", { width: 80, size: 10 }), /^the.*….*one$/);
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 12, max: 200 }), (text, width) => {
    const fitted = fitText(text, { width, size: 10 });
    assert.ok(textWidth(fitted, 10) <= width);
  }));
});

Deno.test("columnWidth() counts wide characters twice and marks not at all", () => {
  assert.deepEqual(["fox", "狐", "é".normalize("NFD"), ""].map(columnWidth), [3, 2, 1, 0]);
});

Deno.test("fontsAvailable() finds the letters that come with the packages", async () => {
  assert.equal(await fontsAvailable(), true);
});

Deno.test("fontsAvailable() says so where there is no font at all", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/none.conf`, "<?xml version='1.0'?><fontconfig></fontconfig>");
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { fontsAvailable } from "${new URL(
          "../../lib/report/fonts.ts",
          import.meta.url,
        )}"; console.log(await fontsAvailable());`,
      ],
      cwd: projectRoot,
      env: { FONTCONFIG_FILE: `${folder}/none.conf` },
      stderr: "null",
    }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "false");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
