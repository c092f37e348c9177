import assert from "node:assert/strict";
import fc from "fast-check";
import { isSealed, ownBlock, readOwnText, sealed } from "../../../lib/report/document/own_text.ts";

Deno.test("readOwnText() gives back byte for byte what stands between the markers", () => {
  const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\n\r]|<!-/.test(text));
  const text = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n"))).map((lines) => lines.flat().join(""));
  fc.assert(fc.property(text, text, (first, second) => {
    const document = `# Title\n\n${ownBlock("one", first)}\n\nbetween\n\n${ownBlock("two", second)}\n`;
    assert.deepEqual([...readOwnText(document)], [["one", first], ["two", second]]);
  }));
});

Deno.test("readOwnText() reads a document whose lines end as on Windows", () => {
  const document = "# Title\r\n<!-- yours: one -->\r\nmine\r\n<!-- end -->\r\n";
  assert.deepEqual([...readOwnText(document)], [["one", "mine\r\n"]]);
});

Deno.test("readOwnText() refuses damaged markers, with the line", () => {
  const damaged: [string, RegExp][] = [
    ["<!-- yours: one -->\nmine\n", /line 1: nothing ends the block "one"/],
    ["mine\n<!-- end -->\n", /line 2: "<!-- end -->" ends no block/],
    ["<!-- yours: one -->\n<!-- yours: two -->\n<!-- end -->\n", /line 2: .* inside the block of line 1/],
    ["<!-- yours: one -->\n<!-- end -->\n<!-- yours: one -->\n<!-- end -->\n", /line 3: there are two blocks "one"/],
    ["<!-- yours one -->\nmine\n<!-- end -->\n", /line 1: .* looks like a damaged one/],
    ["<!-- yours: one -->\nmine <!-- end -->\n", /line 2: .* looks like a damaged one/],
    ["<!-- yours: one -->\nmine\n<!--end-->\n", /line 3: .* looks like a damaged one/],
    ["<!-- Yours: one -->\nmine\n<!-- end -->\n", /line 1: .* looks like a damaged one/],
  ];
  for (const [document, message] of damaged) {
    assert.throws(() => readOwnText(document), { name: "SyntaxError", message }, document);
  }
});

Deno.test("isSealed() is true for changes inside the blocks, and for those alone", () => {
  const document = sealed(`# Title\n\n${ownBlock("one", "mine\n")}\n\nthe program's\n`);
  assert.ok(isSealed(document));
  assert.ok(isSealed(document.replace("mine", "mine\n\nand more")));
  assert.ok(isSealed(document.replaceAll("\n", "\r\n")), "an editor may change the line ends");
  assert.ok(!isSealed(document.replace("program's", "author's")));
  assert.ok(!isSealed("# Title\n"));
});
