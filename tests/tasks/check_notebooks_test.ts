import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { checkNotebooks, problemText } from "../../lib/tasks/check_notebooks.ts";
import { thisSite, venvPath } from "../../lib/tasks/setup/site.ts";
import { inFolder, smallNotebook } from "./small_notebook.ts";

const notSetUp = !existsSync(venvPath(thisSite()));
const name = (text: string) => notSetUp ? `${text} (skipped: run \`deno task setup\`)` : text;

Deno.test({
  name: name("checkNotebooks() finds nothing wrong where a cell declares or imports again"),
  ignore: notSetUp,
  fn: () =>
    inFolder(async (folder) => {
      const again = await smallNotebook(folder, {
        cells: [
          'import { join } from "node:path";\nconst a: number = 1;',
          'import { join } from "node:path";\nconst a: string = join("x");',
          "class B {}\nlet c = await Promise.resolve(a.length);\nc += 1;",
          "class B { d = c }\nconsole.log(new B().d.toFixed());",
        ],
      });
      assert.deepEqual(await checkNotebooks([again]), []);
    }),
});

Deno.test({
  name: name("checkNotebooks() finds what the kernel says nothing about, in every notebook"),
  ignore: notSetUp,
  fn: () =>
    inFolder(async (folder) => {
      const notebooks = [
        await smallNotebook(folder, { name: "syntax", cells: ["const a = 1;", "const b = 2;\nconst = 3;"] }),
        await smallNotebook(folder, { name: "missing", cells: ['import { x } from "./nothing.ts";\nconsole.log(x);'] }),
        await smallNotebook(folder, {
          name: "mistyped",
          cells: ["1;", '\nimport { jion } from "node:path";\njion();'],
        }),
        await smallNotebook(folder, { name: "types", cells: ["const a = 1;", "// a comment\na.length;"] }),
      ];
      const problems = await checkNotebooks(notebooks);
      const of = (index: number) => problems.find(({ notebook }) => notebook === notebooks[index])!;
      assert.equal(problems.length, 4);
      assert.deepEqual([0, 1, 2, 3].map((index) => of(index).place), [
        ...[{ cell: 2, line: 2 }, { cell: 1, line: 1 }, { cell: 2, line: 2 }, { cell: 2, line: 2 }],
      ]);
      assert.match(
        problemText(of(0)),
        /syntax\.ipynb, code cell 2, line 2: .*Unexpected token `=`[^]*\n {4}const = 3;$/,
      );
      assert.match(of(1).message, /Cannot find module .*nothing\.ts/);
      assert.match(of(2).message, /no exported member .*'jion'/);
      assert.match(of(3).message, /'length' does not exist on type '1'/);
    }),
});
