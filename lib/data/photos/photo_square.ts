import { resample } from "./resample.ts";
import type { Pixels } from "./decode_photo.ts";
import type { Interpolation, ResizeOptions, ResizePlan } from "./resize_options.ts";

const interpolations: readonly Interpolation[] = ["bilinear", "bicubic", "lanczos"];

/**
 * Fills in what {@linkcode ResizeOptions} leave open, and refuses what cannot be.
 *
 * @throws {RangeError} if a size is not a positive integer, or the crop is larger than the shorter side
 */
export function resizePlan(
  { crop = 224, resize = crop, interpolation = "bilinear" }: ResizeOptions = {},
): ResizePlan {
  const isSize = (value: number) => Number.isInteger(value) && value >= 1 && value <= 4096;
  if (!isSize(crop)) {
    throw new RangeError(`Cannot resize photos: crop must be an integer in 1…4096: current value is ${crop}`);
  }
  if (resize !== "stretch" && !(isSize(resize) && resize >= crop)) {
    throw new RangeError(
      `Cannot resize photos: resize must be "stretch" or an integer in ${crop}…4096: current value is ${resize}`,
    );
  }
  if (!interpolations.includes(interpolation)) {
    throw new RangeError(
      `Cannot resize photos: interpolation must be one of ${interpolations.join(", ")}: ` +
        `current value is "${interpolation}"`,
    );
  }
  return { crop, resize, interpolation };
}

/**
 * The square that a network sees of a photo, as torchvision's `Resize(resize)` and `CenterCrop(crop)` on Pillow
 * images make it, byte for byte: `[crop, crop, 3]`. The longer side is rounded down; where the margins are odd, the
 * crop's corner is rounded to the even pixel.
 */
export function photoSquare(photo: Pixels, { crop, resize, interpolation }: ResizePlan): Uint8Array {
  const { width, height } = photo;
  const shorter = Math.min(width, height);
  const scaled = (side: number) => resize === "stretch" ? crop : Math.floor(resize * side / shorter);
  const window = (side: number) => ({
    size: scaled(side),
    start: roundHalfToEven((scaled(side) - crop) / 2),
    length: crop,
  });
  return resample(photo, { horizontal: window(width), vertical: window(height), interpolation });
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
