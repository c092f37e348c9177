import sharp from "sharp";

/**
 * From now on this process opens nothing but pictures of pixels: SVG and PDF can refer to other files and run for ever.
 * That holds for everything in it, figures too, so it is for a server's own process. Disposing of the result ends it.
 */
export function openPicturesOnly(): Disposable {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["Jpeg", "Png", "Webp", "Tiff", "Nsgif", "Heif"].map((format) => `VipsForeignLoad${format}`),
  });
  const threads = sharp.concurrency();
  sharp.concurrency(1);
  return {
    [Symbol.dispose]() {
      sharp.unblock({ operation: ["VipsForeignLoad"] });
      sharp.concurrency(threads);
    },
  };
}

/** How large an image is wanted: longest side in pixels. A photo of 12 megapixels is decoded at ⅛, ¼ and ½ for the first. */
export const sizes = { thumb: 480, small: 1000, view: 1600, full: 4096 } as const;
export type Size = keyof typeof sizes;

/** An image made anew, without anything of the file but its pixels. */
export interface Rendition {
  readonly type: "image/jpeg" | "image/png";
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What {@linkcode renditions} may be told. */
export interface RenditionOptions {
  /** Bytes of renditions kept in memory; 256 MiB by default. */
  readonly cacheBytes?: number;
  /** Images decoded at once; by default as many as there are processors, 2 to 4. */
  readonly parallel?: number;
}

/** Reads images at the size wanted. */
export interface Renditions {
  /** @throws {UnreadableImageError} if the file is missing, no image that is allowed, damaged or too large */
  get(file: string, size: Size): Promise<Rendition>;
  /** Makes one ready for when it is asked for. */
  prepare(file: string, size: Size): void;
}

/** An image cannot be shown: missing, damaged, too large or of a kind that is not opened. */
export class UnreadableImageError extends Error {
  override name = "UnreadableImageError";
}

const mostPixels = 120e6;
const mostBytes = 256e6;

/**
 * Images decoded and encoded again through sharp, turned upright, those used last kept in memory. An image of 100 million
 * pixels that unpacks from a few bytes is refused by its header.
 */
export function renditions(
  { cacheBytes = 256 * 2 ** 20, parallel = Math.max(2, Math.min(4, navigator.hardwareConcurrency)) }: RenditionOptions =
    {},
): Renditions {
  // A map keeps the order of insertion: the first was used longest ago.
  const cache = new Map<string, Promise<Rendition>>();
  const weights = new Map<string, number>();
  let weight = 0, working = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>, urgent: boolean): Promise<T> {
    if (working >= parallel) {
      await new Promise<void>((begin) => urgent ? waiting.unshift(begin) : waiting.push(begin));
    } else working++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) working--;
      else next();
    }
  }

  function get(file: string, size: Size, urgent: boolean): Promise<Rendition> {
    const key = `${size} ${file}`;
    const known = cache.get(key);
    const made = known ?? inTurn(() => render(file, size), urgent);
    cache.delete(key);
    cache.set(key, made);
    if (known !== undefined) return made;
    made.then(({ bytes }) => {
      weights.set(key, bytes.length);
      weight += bytes.length;
      for (const [oldest, bytes] of weights) {
        if (weight <= cacheBytes) break;
        weights.delete(oldest);
        cache.delete(oldest);
        weight -= bytes;
      }
    }, () => cache.delete(key));
    return made;
  }

  return {
    get: (file, size) => get(file, size, true),
    prepare: (file, size) => void get(file, size, false).catch(() => {}),
  };
}

async function render(file: string, size: Size): Promise<Rendition> {
  try {
    const { isFile, size: length } = await Deno.stat(file);
    if (!isFile || length > mostBytes) throw new UnreadableImageError(isFile ? "larger than 256 MB" : "not a file");
    const image = sharp(file, { limitInputPixels: mostPixels, failOn: "error" });
    const { width, height } = await image.metadata();
    const resized = image.autoOrient().timeout({ seconds: 20 })
      .resize({ width: sizes[size], height: sizes[size], fit: "inside", withoutEnlargement: true });
    // Small images are shown pixel by pixel and must not be blurred by compression.
    const small = Math.max(width, height) <= 256;
    const encoded = small ? resized.png() : resized.flatten({ background: "#fff" }).jpeg({ quality: 85 });
    const bytes = new Uint8Array(await encoded.toBuffer());
    return { type: small ? "image/png" : "image/jpeg", bytes };
  } catch (error) {
    if (error instanceof UnreadableImageError) throw error;
    throw new UnreadableImageError(error instanceof Error ? error.message.split("\n")[0] : String(error));
  }
}
