/** The formats that photos are read in. */
export type PhotoFormat = "JPEG" | "PNG" | "GIF" | "WebP" | "TIFF" | "AVIF";

/** So many bytes from the beginning of a file are enough for {@linkcode sniffFormat}. */
export const sniffedBytes = 64;

const signatures: readonly (readonly [PhotoFormat, RegExp])[] = [
  ["JPEG", /^\xff\xd8\xff/],
  ["PNG", /^\x89PNG\r\n/],
  ["GIF", /^GIF8[79]a/],
  ["WebP", /^RIFF[^]{4}WEBP/],
  ["TIFF", /^(?:II[*+]\0|MM\0[*+])/],
  ["AVIF", /^[^]{4}ftyp(?:avif|avis|mif1|msf1)/],
];

const others: readonly (readonly [string, RegExp])[] = [
  ["it is empty", /^$/],
  ["it is an HTML page", /^\s*<(?:!doctype html|html)/i],
  ["it is an SVG drawing or other XML", /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|svg|!--)/i],
  ["it is a BMP image", /^BM/],
  ["it is an HEIC image", /^[^]{4}ftyphe[a-z]{2}/],
  ["it is a PDF document", /^%PDF/],
];

/**
 * The format of a photo by how it begins, whatever its name; or, where it is none of those, what it is.
 *
 * @param start the first {@linkcode sniffedBytes} bytes of the file, or all
 */
export function sniffFormat(start: Uint8Array): { readonly format: PhotoFormat } | { readonly reason: string } {
  const text = String.fromCharCode(...start.subarray(0, sniffedBytes));
  const known = signatures.find(([, pattern]) => pattern.test(text));
  if (known) return { format: known[0] };
  const what = others.find(([, pattern]) => pattern.test(text))?.[0] ?? "it begins like no image";
  return { reason: `${what}; photos are read as ${signatures.map(([format]) => format).join(", ")}` };
}
