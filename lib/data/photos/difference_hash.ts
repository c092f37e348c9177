import { resample } from "./resample.ts";
import type { Pixels } from "./decode_photo.ts";

/**
 * The difference hash of an image: of its grey version, made 9×8 pixels small, whether each pixel is brighter than its
 * right neighbour, row by row. 64 bits, as two unsigned 32-bit halves. Compressing, resizing or brightening an image
 * changes few of them. Source: Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013.
 */
export function differenceHash(image: Pixels): readonly [high: number, low: number] {
  const small = resample(image, {
    horizontal: { size: 9, start: 0, length: 9 },
    vertical: { size: 8, start: 0, length: 8 },
    interpolation: "bilinear",
  });
  const grey = Array.from(
    { length: 72 },
    (_, place) => 299 * small[3 * place] + 587 * small[3 * place + 1] + 114 * small[3 * place + 2],
  );
  const half = (from: number) => {
    let bits = 0;
    for (let y = from; y < from + 4; y++) {
      for (let x = 0; x < 8; x++) bits = bits << 1 | Number(grey[y * 9 + x] > grey[y * 9 + x + 1]);
    }
    return bits >>> 0;
  };
  return [half(0), half(4)];
}
