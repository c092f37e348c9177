import { Buffer } from "node:buffer";
import sharp from "sharp";
import type { Dataset, ImageShape } from "../data/dataset.ts";
import { enlargedPng } from "./enlarged_png.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount, formatPercent } from "./format.ts";
import { element, escapeMarkup, type Markup } from "./markup.ts";
import { ink } from "./palette.ts";
import { fitText } from "./text_width.ts";

/** What {@linkcode gallery} may be told. */
export interface GalleryOptions extends FigureOptions {
  /** Images beside each other; as many as fit in 880 pixels by default, at most 10. */
  readonly columns?: number;
  /** Height of an image's longer side in CSS pixels; by default 84 or so for images up to 64 pixels, 140 for larger ones. */
  readonly size?: number;
  /** For each of `indices`, the class that was predicted; marked right or wrong against the label. */
  readonly predictions?: ArrayLike<number>;
  /** For each of `indices`, a number in [0, 1] to stand beside the label, such as the confidence. */
  readonly scores?: ArrayLike<number>;
  /** For each of `indices`, a few words below the rest, such as why it was asked. */
  readonly notes?: readonly string[];
  /** Whether the labels are shown; yes by default. */
  readonly labels?: boolean;
}

/**
 * The images at `indices`, each with its label and, where `predictions` are given, with what it was taken for: ✓ and
 * green where that is right, ✗ and orange where it is wrong. Small images are enlarged pixel by pixel, photographs
 * are made smaller.
 *
 * @throws {RangeError} if `indices` is empty or not in the dataset, or if there is not one prediction and one score for
 *   each index
 */
export async function gallery(
  dataset: Dataset,
  indices: ArrayLike<number>,
  options: GalleryOptions = {},
): Promise<Figure> {
  const { title = dataset.name, name, predictions, scores, notes, labels = true } = options;
  checkArguments(dataset, indices, { predictions, scores, notes });
  const { shape } = dataset.images;
  const longest = Math.max(shape.height, shape.width);
  const small = longest <= 64;
  const { size = small ? longest * Math.max(1, Math.round(168 / longest)) / 2 : 140 } = options;
  const tile = { width: size * shape.width / longest, height: size * shape.height / longest };
  const slot = Math.max(tile.width, 84);
  const { columns = Math.max(1, Math.min(10, Math.floor((880 + gap) / (slot + gap)))) } = options;
  const bytes = await dataset.images.read(indices);
  const captions = Array.from(indices, (index, place) =>
    captionOf(dataset, {
      label: labels ? dataset.labels[index] : undefined,
      prediction: predictions?.[place],
      score: scores?.[place],
      note: notes?.[place],
    }));
  const captionHeight = Math.max(...captions.map(({ length }) => length)) * lineHeight + 4;
  const pictures = await Promise.all(captions.map(async (lines, place) => {
    const x = (place % columns) * (slot + gap);
    const y = Math.floor(place / columns) * (tile.height + captionHeight + gap);
    const length = shape.height * shape.width * shape.channels;
    const pixels = bytes.subarray(place * length, (place + 1) * length);
    return element("g", { transform: `translate(${x},${y})` }, [
      element("title", {}, [escapeMarkup(`${indices[place]}: ${lines.map(({ full }) => full).join(", ")}`)]),
      element("image", {
        x: (slot - tile.width) / 2,
        width: tile.width,
        height: tile.height,
        href: await pictureAddress(pixels, { shape, ...tile }),
      }),
      element("rect", {
        x: (slot - tile.width) / 2,
        width: tile.width,
        height: tile.height,
        fill: "none",
        stroke: lines.find(({ frame }) => frame !== undefined)?.frame ?? ink.grid,
        "stroke-width": predictions ? 2 : 1,
      }),
      ...lines.map((line, row) => captionLine(line, { slot, y: tile.height + 14 + row * lineHeight })),
    ]);
  }));
  const rows = Math.ceil(indices.length / columns);
  return drawFigure({
    title,
    name,
    summary: summarise(dataset, indices, predictions),
    width: Math.max(Math.min(columns, indices.length) * (slot + gap) - gap, 160),
    height: rows * (tile.height + captionHeight + gap) - gap,
    body: pictures.join(""),
    pixelRatio: small ? 2 : 1,
  });
}

const gap = 10;
const lineHeight = 15;

function checkArguments(
  dataset: Dataset,
  indices: ArrayLike<number>,
  given: Pick<GalleryOptions, "predictions" | "scores" | "notes">,
): void {
  if (indices.length === 0) {
    throw new RangeError("Cannot draw a gallery: there must be at least one index: current value is an empty list");
  }
  const stray = Array.from(indices).find((index) =>
    !(Number.isInteger(index) && index >= 0 && index < dataset.images.count)
  );
  if (stray !== undefined) {
    throw new RangeError(
      `Cannot draw a gallery: every index must be an integer in 0…${
        dataset.images.count - 1
      }: current value is ${stray}`,
    );
  }
  for (const [what, values] of Object.entries(given)) {
    if (values !== undefined && values.length !== indices.length) {
      throw new RangeError(
        `Cannot draw a gallery: ${what} must hold one value for each of the ${indices.length} indices: current value ` +
          `holds ${values.length}. Pick those of the indices first.`,
      );
    }
  }
}

interface CaptionLine {
  /** Begins the line and is never cut: ✓ or ✗, and a score. */
  readonly mark: string;
  readonly text: string;
  readonly full: string;
  readonly color: string;
  /** Colour of the frame around the image, where this line has a say in it. */
  readonly frame?: string;
}

function captionOf(
  { classNames }: Dataset,
  { label, prediction, score, note }: {
    readonly label?: number;
    readonly prediction?: number;
    readonly score?: number;
    readonly note?: string;
  },
): CaptionLine[] {
  const scored = score === undefined ? "" : ` ${formatPercent(score, 0)}`;
  const lines: CaptionLine[] = [];
  if (prediction !== undefined) {
    const right = label === undefined ? undefined : prediction === label;
    const color = right === undefined ? ink.text : right ? ink.right : ink.wrong;
    const mark = right === undefined ? "" : right ? "✓ " : "✗ ";
    const text = classNames[prediction];
    lines.push({ mark, text: `${text}`, full: `${mark}taken for ${text}${scored}`, color, frame: color });
    if (scored) lines.push({ mark: "", text: scored.trim(), full: scored.trim(), color });
  }
  if (label !== undefined && prediction !== label) {
    const said = prediction === undefined ? classNames[label] : `is ${classNames[label]}`;
    lines.push({ mark: "", text: said, full: said, color: prediction === undefined ? ink.text : ink.muted });
  }
  if (prediction === undefined && scored) {
    lines.push({ mark: "", text: scored.trim(), full: scored.trim(), color: ink.muted });
  }
  if (note !== undefined) lines.push({ mark: "", text: note, full: note, color: ink.muted });
  return lines;
}

function captionLine(
  { mark, text, color }: CaptionLine,
  { slot, y }: { readonly slot: number; readonly y: number },
): Markup {
  const size = 11;
  return element("text", { x: slot / 2, y, "font-size": size, "text-anchor": "middle", fill: color }, [
    escapeMarkup(mark + fitText(text, { width: slot - (mark === "" ? 4 : 18), size })),
  ]);
}

/**
 * A picture as an address that holds it, for two pixels a CSS pixel: what is enlarged keeps its pixels as squares, what
 * has more pixels than that is a photograph.
 */
async function pictureAddress(
  pixels: Uint8Array,
  { shape, width, height }: { readonly shape: ImageShape; readonly width: number; readonly height: number },
): Promise<string> {
  const size = { width: Math.round(2 * width), height: Math.round(2 * height) };
  if (shape.width <= 64 && shape.height <= 64) {
    return `data:image/png;base64,${Buffer.from(enlargedPng(pixels, { shape, ...size })).toString("base64")}`;
  }
  const raw = { width: shape.width, height: shape.height, channels: shape.channels === 1 ? 1 : 3 } as const;
  const photo = sharp(pixels, { raw }).resize({ ...size, withoutEnlargement: true }).jpeg({ quality: 85 });
  return `data:image/jpeg;base64,${(await photo.toBuffer()).toString("base64")}`;
}

function summarise(dataset: Dataset, indices: ArrayLike<number>, predictions?: ArrayLike<number>): string {
  const counts = new Map<string, number>();
  for (const index of Array.from(indices)) {
    const label = dataset.classNames[dataset.labels[index]];
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const listed = [...counts].sort(([, one], [, other]) => other - one).slice(0, 10)
    .map(([label, count]) => `${label} ${formatCount(count)}`).join(", ");
  const more = counts.size > 10 ? ` and ${counts.size - 10} classes more` : "";
  const wrong = Array.from(predictions ?? []).filter((prediction, place) =>
    prediction !== dataset.labels[indices[place]]
  );
  const verdict = predictions
    ? ` ${formatCount(wrong.length)} of ${formatCount(indices.length)} predictions are wrong.`
    : "";
  return `${formatCount(indices.length)} images of ${dataset.name}: ${listed}${more}.${verdict}`;
}
