import assert from "node:assert/strict";
import fc from "fast-check";
import { notebookScript } from "../../lib/tasks/notebook_script.ts";

const base = new URL("file:///project/notebooks/01.ipynb");

Deno.test("notebookScript() puts each cell into a block inside the one before it, and imports first", () => {
  const { text } = notebookScript(['import { a } from "curio";\nconst b = a;', "const b = 2;"], { base });
  assert.equal(
    text,
    'import { a } from "curio";\nexport {};\n{\n' + " ".repeat(26) + "\nconst b = a;\n{\nconst b = 2;\n}}\n",
  );
});

Deno.test("notebookScript() makes relative imports absolute and leaves packages alone", () => {
  const { text } = notebookScript(['import { a } from "./a.ts";\nimport "../b.ts";\nimport c from "npm:c";'], { base });
  assert.deepEqual(text.split("\n").slice(0, 3), [
    'import { a } from "file:///project/notebooks/a.ts";',
    'import "file:///project/b.ts";',
    'import c from "npm:c";',
  ]);
});

Deno.test("notebookScript() takes an import over several lines, and no dynamic import", () => {
  const { text, places } = notebookScript(["1;", 'import {\n  a,\n} from "curio";\nawait import("x");'], { base });
  assert.deepEqual(text.split("\n").slice(0, 3), ["import {", "  a,", '} from "curio";']);
  assert.deepEqual(places.slice(0, 3), [{ cell: 2, line: 1 }, { cell: 2, line: 2 }, { cell: 2, line: 3 }]);
  assert.ok(text.split("\n").lastIndexOf('await import("x");') > 3);
});

Deno.test("notebookScript() knows of every line which cell and line it comes from", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.constantFrom("x();", "", "// y", 'import "z";')), { minLength: 1 }), (cells) => {
      const sources = cells.map((lines) => lines.join("\n"));
      const { text, places } = notebookScript(sources, { base });
      text.split("\n").forEach((line, index) => {
        const place = places[index];
        if (place === undefined || line.trim() === "") return;
        assert.equal(sources[place.cell - 1].split("\n")[place.line - 1], line);
      });
    }),
  );
});
