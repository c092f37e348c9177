import sharp from "sharp";
import { useReportFonts } from "./fonts.ts";
import { element, escapeMarkup, type Markup, plainText } from "./markup.ts";
import { ink } from "./palette.ts";
import { fitText, textWidth } from "./text_width.ts";

/** A picture of results, the same in a notebook, in a file and read aloud. */
export interface Figure {
  readonly title: string;
  /** What the file is called; a figure with a name is saved when it is shown. */
  readonly name?: string;
  /** What the picture says, in plain words and numbers. */
  readonly summary: string;
  /** Size of the SVG, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** A self-contained SVG document, on white. */
  readonly svg: string;
  /** The same at two pixels for each CSS pixel; at one where there are photographs, which would be large. */
  png(): Promise<Uint8Array>;
}

/** What every function that draws a figure takes. */
export interface FigureOptions {
  /** Stands above the figure. */
  readonly title?: string;
  /** Saves the figure as `reports/figures/<name>.svg` and `.png` when it is shown. */
  readonly name?: string;
}

/** What {@linkcode drawFigure} puts together. */
export interface FigureParts extends FigureOptions {
  readonly title: string;
  /** A second, quieter line below the title. */
  readonly subtitle?: string;
  readonly summary: string;
  /** CSS pixels of the body, without title and margin. */
  readonly width: number;
  readonly height: number;
  /** SVG elements, drawn from (0, 0). */
  readonly body: Markup;
  /** Pixels of the PNG for each CSS pixel; 2 by default. */
  readonly pixelRatio?: number;
}

const margin = 16;
const titleHeight = 24;
const subtitleHeight = 18;
/** The size whose ordinary letters are as wide as the title's bold ones. */
const boldSize = 15 * 1.12;
/** A title may make a small figure wider, up to so many pixels. */
const longestTitle = 640;

/** Puts title, description and white ground around what a figure draws. */
export function drawFigure(
  { title, subtitle, name, summary, width, height, body, pixelRatio = 2 }: FigureParts,
): Figure {
  const top = margin + titleHeight + (subtitle === undefined ? 0 : subtitleHeight);
  const inner = Math.max(
    width,
    Math.min(longestTitle, Math.max(textWidth(title, boldSize), textWidth(subtitle ?? "", 12))),
  );
  const whole = { width: Math.ceil(inner + 2 * margin), height: Math.ceil(top + height + margin) };
  const svg = element("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    ...whole,
    viewBox: `0 0 ${whole.width} ${whole.height}`,
    role: "img",
    "aria-label": `${title}. ${summary}`,
    "font-family": "system-ui, sans-serif",
    "font-size": 12,
    fill: ink.text,
    color: ink.text,
  }, [
    element("desc", {}, [escapeMarkup(summary)]),
    element("rect", { width: whole.width, height: whole.height, fill: ink.background }),
    element("text", { x: margin, y: margin + 13, "font-size": 15, "font-weight": 600 }, [
      escapeMarkup(fitText(title, { width: inner, size: boldSize })),
    ]),
    ...(subtitle === undefined ? [] : [
      element("text", { x: margin, y: margin + titleHeight + 9, fill: ink.muted }, [
        escapeMarkup(fitText(subtitle, { width: inner, size: 12 })),
      ]),
    ]),
    element("g", { transform: `translate(${margin},${top})` }, [body]),
  ]);
  let png: Promise<Uint8Array> | undefined;
  return {
    title: plainText(title),
    name,
    summary: plainText(summary),
    ...whole,
    svg,
    png: () => png ??= rasterise(svg, pixelRatio), // shown and saved, drawn once
  };
}

async function rasterise(svg: string, pixelRatio: number): Promise<Uint8Array> {
  useReportFonts();
  const pixelsPerInch = pixelRatio * 72; // an SVG pixel is a 72nd of an inch here
  const image = sharp(new TextEncoder().encode(svg), { density: pixelsPerInch, unlimited: true });
  return new Uint8Array(await image.png().toBuffer());
}
