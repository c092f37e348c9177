import sharp from "sharp";
import type { ImageSource } from "../data/dataset.ts";
import { formatCount, formatPercent } from "../report/format.ts";
import { element, escapeMarkup, type Markup } from "../report/markup.ts";

/** What is made of one photo: the likeliest classes first. */
export interface Prediction {
  /** Relative to the folder. */
  readonly file: string;
  readonly top: readonly { readonly className: string; readonly probability: number }[];
}

/** What a {@linkcode predictionPage} shows. */
export interface PredictionPageOptions {
  readonly title: string;
  readonly predictions: readonly Prediction[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** One for each prediction, `[crop, crop, 3]`. */
  readonly images: ImageSource;
}

/** A page with more pictures would take a browser too long; the CSV file has them all. */
const mostPictures = 1000;
const side = 160;

const style = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #222; background: #fff; }
ul.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(${side}px, 1fr)); gap: 1rem; padding: 0; }
ul.photos > li { list-style: none; overflow-wrap: anywhere; }
img { display: block; width: ${side}px; height: ${side}px; object-fit: contain; background: #eee; }
small { color: #555; }
`;

/** A page of its own, with the photos in it: each with its likeliest class, the next ones below. */
export async function predictionPage(
  { title, predictions, unreadable, images }: PredictionPageOptions,
): Promise<string> {
  const shown = predictions.slice(0, mostPictures);
  const items: Markup[] = [];
  for (const [index, prediction] of shown.entries()) items.push(await itemOf(prediction, { index, images }));
  const count = predictions.length > shown.length
    ? `The first ${formatCount(shown.length)} of ${formatCount(predictions.length)} photos; the CSV file has them all.`
    : `${formatCount(predictions.length)} photos.`;
  const missing = unreadable.length === 0 ? [] : [
    element("h2", {}, [`Files that are no photos: ${formatCount(unreadable.length)}`]),
    element("ul", {}, unreadable.map(({ file, reason }) => element("li", {}, [escapeMarkup(`${file}: ${reason}`)]))),
  ];
  const head = [
    `<meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    element("title", {}, [escapeMarkup(title)]),
    element("style", {}, [style]),
  ];
  const body = [
    element("h1", {}, [escapeMarkup(title)]),
    element("p", {}, [count]),
    element("ul", { class: "photos" }, items.length === 0 ? [""] : items),
    ...missing,
  ];
  return `<!DOCTYPE html>\n${
    element("html", { lang: "en" }, [element("head", {}, head), element("body", {}, body)])
  }\n`;
}

async function itemOf(
  { file, top: [first, ...others] }: Prediction,
  { index, images }: { index: number; images: ImageSource },
): Promise<Markup> {
  const { height, width } = images.shape;
  const raw = { width, height, channels: 3 } as const;
  const picture = await sharp(await images.read([index]), { raw })
    .resize({ width: 2 * side, height: 2 * side, withoutEnlargement: true }).jpeg({ quality: 80 }).toBuffer();
  const said = ({ className, probability }: Prediction["top"][0]) => `${className} ${formatPercent(probability)}`;
  return element("li", {}, [
    element("img", { src: `data:image/jpeg;base64,${picture.toString("base64")}`, alt: `${file}: ${first.className}` }),
    element("strong", {}, [escapeMarkup(said(first))]),
    "<br>",
    element("small", {}, [escapeMarkup(others.map(said).join(", "))]),
    "<br>",
    element("small", {}, [escapeMarkup(file)]),
  ]);
}
