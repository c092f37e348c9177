import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { reportsFolder } from "../report/reports_folder.ts";
import { projectRoot } from "../runtime/project_root.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { findNotebooks } from "./find_notebooks.ts";
import { gitState } from "./handin/git_state.ts";
import { fileChecks, notebookChecks, reportCheck } from "./handin/handin_checks.ts";
import { handinFiles } from "./handin/handin_files.ts";
import type { HandinCheck } from "./handin/handin_record.ts";
import { makeHandin } from "./handin/make_handin.ts";
import { writeReport } from "./handin/write_report.ts";
import { run as runNotebooks } from "./notebooks.ts";
import { bytesText, say, statusLine } from "./terminal.ts";

const usage = `deno task handin [NOTEBOOK…] [--name NAME] [--output FILE] [--execute] [--force] [--reports FOLDER]

Checks notebooks 01 to 03, or those named, against what they left in the reports; writes the report; then packs sources,
executed notebooks, metrics, evidence, figures and the report into one zip, without data.
  --name NAME    whose it is; git's user.name by default
  --output FILE  instead of reports/handin-NAME.zip
  --execute      runs the notebooks first (CURIO_PROFILE says how much they compute)
  --force        hands in although checks fail; the zip says which

Exit codes: 0 the zip is there, 1 a check failed and there is none, 2 wrong arguments.`;

/** More than this goes through no course's upload. */
const largestHandin = 100e6;

/** Checks, and packs what is handed in. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      execute: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      name: { type: "string" },
      output: { type: "string" },
      reports: { type: "string", default: reportsFolder() },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const git = await gitState(projectRoot);
  const name = fileNameOf(values.name ?? git.user ?? "");
  if (name === "") {
    say("Whose is it? Say --name NAME.");
    return 2;
  }
  const reports = resolve(values.reports);
  const output = resolve(values.output ?? join(reports, `handin-${name}.zip`));
  const notebooks = await findNotebooks(positionals);
  if (values.execute) await runNotebooks([...notebooks, "--reports", reports]);

  await Deno.mkdir(reports, { recursive: true });
  const line = statusLine("Checking:");
  line.update("notebooks and metrics");
  const checks = await notebookChecks(notebooks, { reports });
  line.update("the report");
  checks.push(reportCheck(await reportState(reports)));
  line.update("files");
  const files = await handinFiles(projectRoot, { reports });
  checks.push(...fileChecks(files, { limit: largestHandin }));
  const failed = checks.filter(({ passed }) => !passed).length;
  line.end(failed === 0 ? `all ${checks.length} checks hold` : `${failed} of ${checks.length} checks fail`);
  checks.forEach(sayCheck);
  if (failed > 0 && !values.force) {
    say("\nNothing was packed. Mend what is marked ✗, or say --force to hand in all the same.");
    return 1;
  }
  const { record, archive } = await makeHandin(files, { name, reports, checks, git, now: new Date() });
  await writeFileAtomic(output, archive);
  say(`\n${relative(Deno.cwd(), output)}: ${record.files.length} files, ${bytesText(archive.length)}`);
  say(`The sum of its content, by which it is known again: ${record.content}`);
  if (record.forced) say("It says which checks had failed.");
  return 0;
}

async function reportState(reports: string): Promise<Parameters<typeof reportCheck>[0]> {
  try {
    return await writeReport(reports);
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message };
    throw error;
  }
}

function sayCheck({ check, passed, faults, remedy }: HandinCheck): void {
  say(`${passed ? "✓" : "✗"} ${check}`);
  faults.slice(0, mostFaults).forEach((fault) => say(`    ${fault}`));
  if (faults.length > mostFaults) say(`    … and ${faults.length - mostFaults} more`);
  if (remedy !== "") say(`    → ${remedy}`);
}

const mostFaults = 8;

/** `Anna-Müller` of `Anna Müller`. */
function fileNameOf(name: string): string {
  return name.trim().replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-").replace(/^[.-]+|-+$/g, "").slice(0, 80);
}
