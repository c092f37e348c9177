import { encode } from "fast-png";
import type { ImageShape } from "../data/dataset.ts";

/** What {@linkcode enlargedPng} draws. */
export interface EnlargedPngOptions {
  readonly shape: ImageShape;
  /** Pixels of the PNG. */
  readonly width: number;
  readonly height: number;
}

/**
 * An image as a PNG in which every pixel is a square. In this thread and at once: handing small images over to another
 * takes most of the time that a gallery of them takes.
 *
 * @param pixels `[height, width, channels]` of `shape`, grey or RGB
 */
export function enlargedPng(pixels: Uint8Array, { shape, width, height }: EnlargedPngOptions): Uint8Array {
  const { channels } = shape;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = Math.floor((y + 0.5) * shape.height / height) * shape.width;
    for (let x = 0; x < width; x++) {
      const at = (from + Math.floor((x + 0.5) * shape.width / width)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        data[(y * width + x) * channels + channel] = pixels[at + channel];
      }
    }
  }
  return encode({ width, height, channels, data });
}
