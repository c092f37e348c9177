/**
 * The colours of every figure. The series colours are those of Okabe and Ito (2008, "Color Universal Design"), which
 * stay apart for colour-blind readers; their yellow is left out, being unreadable on white.
 */
export const seriesColors: readonly string[] = [
  "#0072B2", // blue
  "#D55E00", // vermilion
  "#009E73", // bluish green
  "#CC79A7", // reddish purple
  "#E69F00", // orange
  "#56B4E9", // sky blue
  "#000000", // black
];

/** Lines, letters and surfaces. Letters keep a contrast of 7:1 and more on the white of a figure. */
export const ink = {
  background: "#ffffff",
  text: "#1f1f1f",
  muted: "#555555",
  grid: "#e4e4e4",
  baseline: "#767676",
  right: "#00795A",
  wrong: "#B84F00",
} as const;

/** How one series is drawn: colour, and for those who cannot tell colours apart dash and symbol. */
export interface SeriesStyle {
  readonly color: string;
  /** An SVG `stroke-dasharray`; `none` for an unbroken line. */
  readonly dash: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond2";
}

/** Series that look the same wherever they appear. The baseline of every comparison is grey. */
const reserved: Readonly<Record<string, SeriesStyle>> = {
  training: { color: seriesColors[0], dash: "none", symbol: "circle" },
  validation: { color: seriesColors[1], dash: "none", symbol: "square" },
  test: { color: seriesColors[2], dash: "none", symbol: "triangle" },
  random: { color: ink.baseline, dash: "6 3", symbol: "circle" },
};

const dashes = ["none", "7 3", "2 3"];
const symbols = ["circle", "square", "triangle", "diamond2"] as const;

/**
 * The style of the series `name` among `names`. The same name with the same `names` has the same style in every
 * figure, so pass all names of a study also where a figure shows a few. After seven series the colours come round again
 * with another dash.
 *
 * @throws {RangeError} if `name` is not one of `names`
 */
export function seriesStyle(name: string, names: readonly string[]): SeriesStyle {
  if (Object.hasOwn(reserved, name)) return reserved[name];
  const place = [...new Set(names)].filter((other) => !Object.hasOwn(reserved, other)).indexOf(name);
  if (place < 0) {
    throw new RangeError(
      `Cannot choose a style: the series must be one of ${JSON.stringify(names)}: current value is ${
        JSON.stringify(name)
      }`,
    );
  }
  return {
    color: seriesColors[place % seriesColors.length],
    dash: dashes[Math.floor(place / seriesColors.length) % dashes.length],
    symbol: symbols[place % symbols.length],
  };
}

/**
 * The colour of the series `name` among `names`: see {@linkcode seriesStyle}.
 *
 * @throws {RangeError} if `name` is not one of `names`
 */
export function colorOf(name: string, names: readonly string[]): string {
  return seriesStyle(name, names).color;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Dark ends of the sequential scales: blue for what is right, orange for what is mistaken. */
const scales: Readonly<Record<"right" | "mistaken", readonly Rgb[]>> = {
  right: [[228, 241, 250], [158, 202, 225], [49, 130, 189], [8, 48, 107]],
  mistaken: [[254, 232, 210], [253, 190, 133], [230, 105, 13], [127, 39, 4]],
};

/**
 * The colour of a share in (0, 1] on a sequential scale from a tint to dark; nothing at all is left white. Square roots are shaded, so that a share of
 * one per cent can be seen beside one of a hundred.
 */
export function shade(share: number, scale: "right" | "mistaken"): string {
  const stops = scales[scale];
  const place = Math.sqrt(Math.min(1, Math.max(0, share))) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const channels = stops[below].map((low, channel) =>
    Math.round(low + (stops[below + 1][channel] - low) * (place - below))
  );
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever is easier to read on `color` (`#rrggbb`): WCAG 2 relative luminance. */
export function textOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const value = parseInt(color.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : ink.background;
}
