import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";
import type { ImageShape } from "../data/dataset.ts";

/** What {@linkcode enlargedPng} draws. */
export interface EnlargedPngOptions {
  readonly shape: ImageShape;
  /** Pixels of the PNG. */
  readonly width: number;
  readonly height: number;
}

/**
 * An image as a PNG in which every pixel is a square: without a call of the image library for each, which take most of
 * the time that a gallery of small images takes.
 *
 * @param pixels `[height, width, channels]` of `shape`, grey or RGB
 */
export function enlargedPng(pixels: Uint8Array, { shape, width, height }: EnlargedPngOptions): Buffer {
  const { channels } = shape;
  const stride = 1 + width * channels; // a row begins with the number of its filter, 0: none
  const rows = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const from = Math.floor((y + 0.5) * shape.height / height) * shape.width;
    for (let x = 0; x < width; x++) {
      const at = (from + Math.floor((x + 0.5) * shape.width / width)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        rows[y * stride + 1 + x * channels + channel] = pixels[at + channel];
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

/** Length, kind, content, checksum of kind and content. */
function chunk(kind: string, content: Uint8Array = new Uint8Array(0)): Buffer {
  const body = Buffer.concat([Buffer.from(kind), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
