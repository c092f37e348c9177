import { join } from "node:path";
import sharp from "sharp";
import { projectRoot } from "../runtime/project_root.ts";

/**
 * Points the rasteriser to the letters that come with the packages (DejaVu, see `fonts.conf`), with the system's own
 * behind them. A machine without a font then draws the same PNG as any other. `FONTCONFIG_FILE`, where it is set, wins.
 *
 * The library reads its configuration once, when it draws its first letter: call this before.
 */
export function useReportFonts(): void {
  if (!Deno.env.has("FONTCONFIG_FILE")) {
    Deno.env.set("FONTCONFIG_FILE", join(projectRoot, "lib", "report", "fonts.conf"));
  }
}

/**
 * Whether the text of a PNG comes out as letters. Without any font every letter is drawn as the same empty box; SVG
 * figures are not concerned, for the viewer draws their text.
 */
export async function fontsAvailable(): Promise<boolean> {
  useReportFonts();
  const [narrow, wide] = await Promise.all(["i", "W"].map(drawLetter));
  return !narrow.equals(wide);
}

async function drawLetter(letter: string): Promise<Uint8Array & { equals(other: Uint8Array): boolean }> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="16" font-size="16" ` +
    `font-family="system-ui, sans-serif">${letter}</text></svg>`;
  return await sharp(new TextEncoder().encode(svg)).raw().toBuffer();
}
