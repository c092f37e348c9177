import { relative } from "node:path";
import { projectRoot } from "../runtime/project_root.ts";
import { checkNotebooks, problemText } from "./check_notebooks.ts";
import { lastLines, runCommand } from "./command.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { duration, say, statusLine } from "./terminal.ts";

/**
 * Formatting, lint, types (the notebooks' cells too), the examples in doc comments and all tests. Arguments are files,
 * folders and options for `deno test`, and then only those tests run.
 */
export async function run(args: readonly string[]): Promise<number> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  if (args.length === 0) {
    // Not of notebooks: a student who saves one that was run breaks nothing. CI looks at those that are committed.
    // On the command line the list takes the place of the one in deno.json.
    await check("Formatting", ["fmt", "--check", "--ignore=notebooks/,reports/,data/,.venv/"], totals);
    await check("Lint", ["lint"], totals);
    await check("Types", ["check", "lib", "tests"], totals);
    await checkCells(totals);
  }
  await test(["--doc", ...args], totals);
  const { passed, failed, skipped } = totals;
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed > 0 ? 1 : 0;
}

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

async function check(name: string, args: readonly string[], totals: Totals): Promise<void> {
  const line = statusLine(`${name}:`);
  const started = Date.now();
  const { code, stderr, stdout } = await runCommand([Deno.execPath(), ...args], { cwd: projectRoot });
  settle(line, { ok: code === 0, started, totals });
  if (code !== 0) say(stdout + stderr);
}

async function checkCells(totals: Totals): Promise<void> {
  const line = statusLine("Types in the notebooks:");
  const started = Date.now();
  const problems = await checkNotebooks(await findNotebooks([], { all: true }));
  settle(line, { ok: problems.length === 0, started, totals });
  for (const problem of problems) say(problemText({ ...problem, notebook: relative(projectRoot, problem.notebook) }));
}

interface Settlement {
  readonly ok: boolean;
  readonly started: number;
  readonly totals: Totals;
}

function settle(line: { end(text: string): void }, { ok, started, totals }: Settlement): void {
  line.end(`${ok ? "ok" : "FAILED"} (${duration((Date.now() - started) / 1000)})`);
  totals[ok ? "passed" : "failed"]++;
}

/** `deno test`, its output passed on as it comes, its closing count added up. */
async function test(args: readonly string[], totals: Totals): Promise<void> {
  const { code, stdout, stderr } = await runCommand([Deno.execPath(), "test", "-P", ...args], {
    cwd: projectRoot,
    onLine: (line) => say(line),
  });
  // ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)
  // deno-lint-ignore no-control-regex -- colours
  const plain = stdout.replace(/\x1b\[\d+m/g, "");
  const counts = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/.exec(
    plain,
  );
  const [passed, failed, ignored] = counts?.slice(1).map((count) => Number(count ?? 0)) ?? [0, 0, 0];
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += ignored;
  if (code === 0 || failed > 0) return;
  // It ended in another way: a file that does not load, a leak, a crash.
  totals.failed++;
  if (counts === null) say(lastLines(stderr));
}
