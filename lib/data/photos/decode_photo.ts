import sharp, { type Sharp } from "sharp";
import { turnstile } from "./turnstile.ts";
import { type PhotoFormat, sniffFormat } from "./sniff_format.ts";
import { UnreadablePhotoError } from "./unreadable_photo_error.ts";

/** A decoded photo: `[height, width, 3]` bytes, red, green, blue. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What the header of a photo says. */
export interface PhotoHeader {
  readonly format: PhotoFormat;
  /** Of the photo as it is meant to be seen. */
  readonly width: number;
  readonly height: number;
  /** Whether its EXIF orientation turns or mirrors it. */
  readonly isTurned: boolean;
  /** libvips' name of the colour space: `"srgb"`, `"b-w"`, `"cmyk"` … */
  readonly space: string;
}

/** More pixels than this are refused by the header, before anything is decoded. */
const mostPixels = 2 ** 27;
/** Photos of more pixels are decoded smaller, and one at a time. */
const largePixels = 2 ** 25;
const mostSeconds = 120;

const largeOnes = turnstile(1);

/**
 * Reads the header of a photo, and nothing else of it.
 *
 * @throws {UnreadablePhotoError} if it is no photo, or has more than 2²⁷ pixels (134 million)
 */
export async function photoHeader(content: Uint8Array): Promise<PhotoHeader> {
  const sniffed = sniffFormat(content);
  if ("reason" in sniffed) throw new UnreadablePhotoError(sniffed.reason);
  const { orientation = 1, space, autoOrient: { width, height } } = await orUnreadable(open(content).metadata());
  if (width * height > mostPixels) {
    throw new UnreadablePhotoError(`it must have ${mostPixels} pixels at most: it says ${width}×${height}`);
  }
  return { format: sniffed.format, width, height, isTurned: orientation > 1, space };
}

/**
 * Decodes a photo as Pillow's `convert("RGB")` does, byte for byte for JPEG, PNG, GIF, WebP and TIFF: grey and palette
 * images as colours; CMYK by (255 − K)(255 − C) / 255; colour profiles ignored; of transparent images the colour alone;
 * of animations the first picture. It is turned upright by its EXIF orientation. 16-bit values keep their high byte
 * (Pillow clips grey ones).
 *
 * Above 2²⁵ pixels (34 million) a photo is averaged down by a whole factor while it is decoded, one photo at a time, so
 * that memory stays bounded.
 *
 * @throws {UnreadablePhotoError} if it is no photo, is damaged or cut short, has more than 2²⁷ pixels, or takes longer
 *   than two minutes
 */
export async function decodePhoto(content: Uint8Array): Promise<Pixels> {
  const header = await photoHeader(content);
  const factor = Math.ceil(Math.sqrt(header.width * header.height / largePixels));
  if (factor === 1) return await decode(open(content).autoOrient(), header);
  const width = Math.ceil(header.width / factor);
  const height = Math.ceil(header.height / factor);
  const smaller = open(content).autoOrient().resize(width, height, { fit: "fill", kernel: "linear" });
  return await largeOnes(() => decode(smaller, header));
}

/** Colour profiles are left aside, as everybody does who trained a network; damage is an error, an odd header is not. */
function open(content: Uint8Array): Sharp {
  return sharp(content, { failOn: "error", ignoreIcc: true, limitInputPixels: mostPixels });
}

async function decode(photo: Sharp, { space }: PhotoHeader): Promise<Pixels> {
  const inSpace = space === "cmyk"
    ? photo.pipelineColourspace("cmyk").toColourspace("cmyk")
    : photo.removeAlpha().toColourspace("srgb");
  const { data, info } = await orUnreadable(
    inSpace.raw().timeout({ seconds: mostSeconds }).toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  return { width, height, data: space === "cmyk" ? inkToLight(data, channels) : data };
}

/** Cyan, magenta, yellow and black ink, as red, green and blue light, rounded as Pillow rounds. */
function inkToLight(ink: Uint8Array, channels: number): Uint8Array {
  const light = new Uint8ClampedArray(ink.length / channels * 3);
  for (let from = 0, to = 0; from < ink.length; from += channels, to += 3) {
    const paper = 255 - ink[from + 3];
    for (let channel = 0; channel < 3; channel++) {
      const product = ink[from + channel] * paper + 128;
      light[to + channel] = paper - (((product >> 8) + product) >> 8);
    }
  }
  return new Uint8Array(light.buffer);
}

async function orUnreadable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const [said] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UnreadablePhotoError(`it cannot be decoded: ${said.replace(/^Input buffer /, "")}`);
  }
}
