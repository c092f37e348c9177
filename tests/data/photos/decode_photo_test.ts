import assert from "node:assert/strict";
import sharp from "sharp";
import { decodePhoto, photoHeader } from "../../../lib/data/photos/decode_photo.ts";
import { UnreadablePhotoError } from "../../../lib/data/photos/unreadable_photo_error.ts";
import { cmykJpeg, jpeg, plainPng, png, shortSum } from "./sample_photos.ts";

const refuses = async (content: Uint8Array, reason: RegExp) =>
  await assert.rejects(decodePhoto(content), (error) => {
    assert.ok(error instanceof UnreadablePhotoError);
    assert.match(error.message, reason);
    return true;
  });

Deno.test("decodePhoto() gives the very bytes of Pillow for JPEG, in colour and in ink", async () => {
  for (const { bytes, sum } of [jpeg, cmykJpeg]) {
    const { width, height, data } = await decodePhoto(bytes);
    assert.deepEqual([width, height, shortSum(data)], [12, 8, sum]);
  }
});

Deno.test("decodePhoto() makes red, green and blue of grey, palette, 16-bit and transparent images", async () => {
  const of = async (content: Uint8Array) => [...(await decodePhoto(content)).data];
  assert.deepEqual(await of(png({ width: 1, height: 1, colour: 0 }, Uint8Array.of(0, 77))), [77, 77, 77]);
  const deep = png({ width: 1, height: 1, colour: 0, depth: 16 }, Uint8Array.of(0, 77, 200));
  assert.deepEqual(await of(deep), [77, 77, 77]);
  const clear = png({ width: 1, height: 1, colour: 6 }, Uint8Array.of(0, 10, 20, 30, 0));
  assert.deepEqual(await of(clear), [10, 20, 30]);
  const gif = Uint8Array.fromBase64("R0lGODlhAQABAPAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=");
  assert.deepEqual(await of(gif), [255, 0, 0]);
});

Deno.test("decodePhoto() turns a photo upright", async () => {
  const raw = Uint8Array.of(255, 0, 0, 0, 0, 255); // red, then blue
  const sideways = await sharp(raw, { raw: { width: 2, height: 1, channels: 3 } }).withMetadata({ orientation: 6 })
    .png().toBuffer();
  const { width, height, data } = await decodePhoto(sideways);
  assert.deepEqual([width, height, [...data]], [1, 2, [...raw]]);
  assert.equal((await photoHeader(sideways)).isTurned, true);
});

Deno.test("decodePhoto() refuses what is no photo, and says what it is", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  await refuses(text(""), /it is empty/);
  await refuses(text("<!DOCTYPE html><p>404"), /an HTML page/);
  await refuses(text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /an SVG drawing/);
  await refuses(text("BM and so on"), /a BMP image; photos are read as JPEG, PNG, GIF, WebP, TIFF, AVIF/);
  await refuses(text("photograph"), /begins like no image/);
});

Deno.test("decodePhoto() refuses photos that are cut short or damaged", async () => {
  await refuses(jpeg.bytes.subarray(0, jpeg.bytes.length - 20), /cannot be decoded/);
  const whole = plainPng([1, 2, 3], 64);
  for (const length of [9, 30, 60]) await refuses(whole.subarray(0, length), /cannot be decoded/);
});

Deno.test("decodePhoto() refuses a small file that says it is enormous, without unpacking it", async () => {
  const bomb = png({ width: 50_000, height: 50_000 }, new Uint8Array(1_000_000));
  assert.ok(bomb.length < 10_000);
  await refuses(bomb, /pixel limit|must have 134217728 pixels at most/);
});

Deno.test("decodePhoto() makes a photo of more than 33 million pixels smaller while it decodes it", async () => {
  const create = { width: 6_000, height: 6_000, channels: 3, background: { r: 10, g: 20, b: 30 } } as const;
  const large = await sharp({ create }).jpeg({ quality: 90 }).toBuffer();
  const { width, height, data } = await decodePhoto(large);
  assert.deepEqual([width, height, data.length], [3_000, 3_000, 27_000_000]);
  for (const [channel, value] of [10, 20, 30].entries()) assert.ok(Math.abs(data[channel] - value) <= 2);
});
