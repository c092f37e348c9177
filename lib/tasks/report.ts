import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { reportsFolder } from "../report/reports_folder.ts";
import { writeReport } from "./handin/write_report.ts";
import { say } from "./terminal.ts";

const usage = `deno task report [--fresh] [--no-pdf] [--reports FOLDER]

Writes report.md, .html and .pdf into the reports folder, from what the notebooks left there. In report.md, all between a
line <!-- yours: … --> and its <!-- end --> is yours: write there, and run this again as often as you like.
  --fresh   keeps the old report.md aside and begins anew: for one whose markers are damaged
  --no-pdf  leaves the browser alone

Exit codes: 0 written, 1 not written (the report says why), 2 wrong arguments.`;

/** Writes the report; 1 if it cannot be written without losing something. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fresh: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      pdf: { type: "boolean", default: true },
      reports: { type: "string", default: reportsFolder() },
    },
    allowNegative: true,
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const reports = resolve(values.reports);
  try {
    const { written, notes, unwritten } = await writeReport(reports, { fresh: values.fresh, pdf: values.pdf });
    for (const path of written) say(`${relative(Deno.cwd(), path)}: written`);
    if (written.length === 0) say("Nothing has changed since the last time.");
    for (const note of notes) say(note);
    if (unwritten.length > 0) {
      say(`Nothing of yours yet, in ${relative(Deno.cwd(), reports) || "."}/report.md: ${unwritten.join(", ")}.`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    say(error.message);
    return 1;
  }
}
