import { chromium } from "playwright-core";
import { escapeMarkup } from "../../report/markup.ts";

/** What {@linkcode printPage} is told. */
export interface PrintPageOptions {
  /** A Chromium. */
  readonly browser: string;
  /** Stands below each page, before its number. */
  readonly footer: string;
}

/** A page on A4 sheets, as PDF: without scripts and without a network. */
export async function printPage(html: string, { browser, footer }: PrintPageOptions): Promise<Uint8Array> {
  // Chromium's own sandbox refuses to work for root, as whom containers run.
  const window = await chromium.launch({ executablePath: browser, chromiumSandbox: Deno.uid() !== 0 });
  try {
    const context = await window.newContext({ javaScriptEnabled: false, offline: true });
    const page = await context.newPage();
    await page.setContent(html, { waitUntil: "load" });
    return await page.pdf({
      format: "A4",
      printBackground: true,
      margin: { top: "18mm", bottom: "20mm", left: "18mm", right: "18mm" },
      displayHeaderFooter: true,
      headerTemplate: "<span></span>",
      footerTemplate: footerOf(footer),
    });
  } finally {
    await window.close();
  }
}

function footerOf(text: string): string {
  return `<div style="width: 100%; margin: 0 18mm; font: 8px system-ui, sans-serif; color: #555; display: flex; ` +
    `justify-content: space-between"><span>${escapeMarkup(text)}</span><span><span class="pageNumber"></span> / ` +
    `<span class="totalPages"></span></span></div>`;
}
