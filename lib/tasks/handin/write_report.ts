import { extname, join, relative, resolve } from "node:path";
import { isSealed, type OwnText, readOwnText } from "../../report/document/own_text.ts";
import { unwrittenBlocks } from "../../report/document/own_blocks.ts";
import { reportMarkdown } from "../../report/document/report_markdown.ts";
import { reportPage } from "../../report/document/report_page.ts";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { findChromium } from "../find_chromium.ts";
import { printPage } from "./print_page.ts";
import { readFindings } from "./read_findings.ts";

/** What {@linkcode writeReport} may be told. */
export interface WriteReportOptions {
  /** Keeps the old report aside and begins anew. */
  readonly fresh?: boolean;
  /** Whether to print, where there is a browser. */
  readonly pdf?: boolean;
}

/** What became of the report. */
export interface WrittenReport {
  /** The files that were written; those that would be the same are left alone. */
  readonly written: readonly string[];
  /** What the author should know. */
  readonly notes: readonly string[];
  /** The blocks in which the author has written nothing yet. */
  readonly unwritten: readonly string[];
}

const title = "Active learning for image classification";

/**
 * Writes `report.md`, `.html` and `.pdf` into the reports folder. The author's own text in the old `report.md` is kept;
 * where anything else was changed in it, the old file is kept aside.
 *
 * @throws {SyntaxError} if the markers in the old `report.md` are damaged; nothing is written then
 */
export async function writeReport(
  reports: string,
  { fresh = false, pdf = true }: WriteReportOptions = {},
): Promise<WrittenReport> {
  const path = (extension: string) => join(reports, `report.${extension}`);
  const notes: string[] = [];
  const old = await readText(path("md"));
  const own = old === undefined || fresh ? new Map<string, string>() : ownTextIn(old, path("md"));
  if (old !== undefined && (fresh || !isSealed(old))) {
    const aside = await asideOf(path("md"));
    await writeFileAtomic(aside, old);
    notes.push(
      `The old report is kept as ${relative(reports, aside)}${fresh ? "" : ": text outside your blocks was changed"}.`,
    );
  }
  const findings = await readFindings(reports);
  const markdown = reportMarkdown(findings, own);
  const html = reportPage(markdown, { title, picture: (address: string) => pictureOf(reports, address) });
  const written: string[] = [];
  if (markdown !== old) {
    await writeFileAtomic(path("md"), markdown);
    written.push(path("md"));
  }
  const isSamePage = html === await readText(path("html"));
  if (!isSamePage) {
    await writeFileAtomic(path("html"), html);
    written.push(path("html"));
  }
  if (pdf && !(isSamePage && await isThere(path("pdf")))) {
    const browser = findChromium();
    if (browser === undefined) {
      notes.push("No PDF: there is no Chromium or Chrome here. Open report.html and print it, or set CHROMIUM_PATH.");
    } else {
      await writeFileAtomic(path("pdf"), await printPage(html, { browser, footer: title }));
      written.push(path("pdf"));
    }
  }
  return { written, notes, unwritten: unwrittenBlocks(own) };
}

function ownTextIn(report: string, path: string): OwnText {
  try {
    return readOwnText(report);
  } catch (error) {
    throw new SyntaxError(
      `${path}: ${(error as Error).message} Nothing was written. Mend that line, or begin anew with ` +
        "`deno task report --fresh`, which keeps the old file aside.",
    );
  }
}

/** The text of a file, where there is one. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error instanceof TypeError
      ? new SyntaxError(`Cannot read ${path}: it is not UTF-8. Save it as UTF-8.`)
      : error;
  }
}

/** The first of `report.old-1.md`, `report.old-2.md`, … that is free. */
async function asideOf(path: string): Promise<string> {
  for (let number = 1;; number++) {
    const aside = path.replace(/\.md$/, `.old-${number}.md`);
    if (!await isThere(aside)) return aside;
  }
}

const pictureTypes: Readonly<Record<string, string>> = {
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

/** A picture that lies below the reports folder, as a `data:` address. */
function pictureOf(reports: string, address: string): string | undefined {
  const type = pictureTypes[extname(address).toLowerCase()];
  if (type === undefined || /^[a-z][a-z0-9+.-]*:|^\//i.test(address)) return undefined;
  try {
    const path = Deno.realPathSync(resolve(reports, decodeURI(address)));
    if (relative(Deno.realPathSync(reports), path).startsWith("..")) return undefined;
    return `data:${type};base64,${Deno.readFileSync(path).toBase64()}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof URIError) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
