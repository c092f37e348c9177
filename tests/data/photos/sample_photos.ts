import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";

// Made with Pillow 13 of one 12×8 image; the sums are the first 16 digits of the SHA-256 of what its convert("RGB") gives.

/** CMYK, as Adobe writes it. */
export const cmykJpeg = {
  sum: "7b764fab82930e1a",
  bytes: Uint8Array.fromBase64(
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCg" +
      "wJCgoK/8AAFAgACAAMBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQEC" +
      "AwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dX" +
      "Z3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4E" +
      "QwBNAFkASwAAPwC3D8JNCXx78MP2IdPmitfD3w70xPGHxGuTxHHdPCTbpIe3k23mSnP/AD8L6Vyvwx+GPgjwH4J0Xwr4U8Gadax2unQRD7PZRh" +
      "5XCDc7tjLMx+Yls43YGAAKpaLH4cXw/Bb+E/8AhHk0a2kkitYvCekzW2iwuYyZVhaYmW8lMe4zTnKRwh0j+aWv38rkLf8AZZ17/goTr2uftT6p" +
      "oMosdd1mSHw5bSR/8eulQIkNpFjsfKRWP+0zHvW6tpDGgEBEYOSVijOM5PJx3q1Jb2TyN9utYZJQcO1zcskmfRsDDH/a79aK/9k=",
  ),
};

/** Colour at half resolution. */
export const jpeg = {
  sum: "bf83d09e8af32d2a",
  bytes: Uint8Array.fromBase64(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PT" +
      "gyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjL/wAARCAAI" +
      "AAwDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhBy" +
      "JxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT" +
      "lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAA" +
      "AAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRom" +
      "JygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExc" +
      "bHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwCG3s4YUtbKKNFjhUM+1eM4/wAn8aX7N9tZpyMBj8o9B2oopc75" +
      "ebrp+JqqUatTkntd/hZI/9k=",
  ),
};

export const shortSum = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** A PNG with this header and these bytes as its image data, whatever they are. */
export function png(
  { width, height, depth = 8, colour = 2 }: { width: number; height: number; depth?: number; colour?: number },
  rows: Uint8Array,
): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const named = Uint8Array.from([...new TextEncoder().encode(name), ...data]);
    return [...word(data.length), ...named, ...word(crc32(named))];
  };
  const header = Uint8Array.from([...word(width), ...word(height), depth, colour, 0, 0, 0]);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...chunk("IDAT", deflateSync(rows)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

function word(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

/** A PNG of one colour. */
export function plainPng(colour: readonly [number, number, number], side = 4): Uint8Array {
  const row = [0, ...Array(side).fill(colour).flat()];
  return png({ width: side, height: side }, Uint8Array.from(Array(side).fill(row).flat()));
}
