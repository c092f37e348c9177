/**
 * How long people wait for pictures: a folder of large photos, labelled by keyboard in Chromium, once at a pace of people
 * and once as fast as pictures come.
 *
 *     deno run -A tests/drills/label_big_photos.ts [PHOTOS] [PRESSES] [FOLDER]
 *
 * The photos are 12 megapixels large, 24 different ones under as many names as are wanted (hard links). FOLDER keeps
 * them for the next time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import sharp from "sharp";
import { openLabelStore, Random, startLabelServer } from "curio";
import { photosBelow } from "../../lib/labeling/class_folders.ts";
import { openBrowser } from "../labeling/browser.ts";

const photos = Number(Deno.args[0] ?? 10_000);
const presses = Number(Deno.args[1] ?? 60);
const folder = Deno.args[2] ?? await Deno.makeTempDir({ prefix: "curio-big-photos-" });
const distinct = Math.min(24, photos);
const [width, height] = [4000, 3000];
const random = new Random("big photos");
const noise = new Uint8Array(5_000_000).map(() => random.integer(256));

/** Noise at all scales, as in photos: makes the JPEG about as large and as slow to decode as one of a camera. */
async function paint(file: string, random: Random): Promise<void> {
  const layers = await Promise.all([900, 160, 24, 3].map(async (scale) => {
    const [w, h] = [Math.ceil(width / scale), Math.ceil(height / scale)];
    const start = random.integer(noise.length - w * h * 3);
    const piece = sharp(noise.subarray(start, start + w * h * 3), { raw: { width: w, height: h, channels: 3 } });
    const input = await piece.resize(width, height, { fit: "fill" }).png({ compressionLevel: 0 }).toBuffer();
    return { input, blend: scale > 100 ? "overlay" as const : "soft-light" as const };
  }));
  const background = { r: random.integer(256), g: random.integer(256), b: random.integer(256) };
  await sharp({ create: { width, height, channels: 3, background } }).composite(layers).jpeg({ quality: 90 }).toFile(
    file,
  );
}

await Deno.mkdir(folder, { recursive: true });
const originals = join(folder, "..", `${basename(folder)} originals`);
await Deno.mkdir(originals, { recursive: true });
for (let index = 0; index < photos; index++) {
  const original = join(originals, `${index % distinct}.jpg`);
  if (index < distinct && !await Deno.stat(original).catch(() => undefined)) {
    await paint(original, random.child(index));
  }
  await Deno.link(original, join(folder, `IMG_${`${index}`.padStart(5, "0")}.jpg`)).catch(() => {});
}
const size = (await Deno.stat(join(folder, "IMG_00000.jpg"))).size / 1e6;
console.log(`${photos} photos of 12 megapixels, ${size.toFixed(1)} MB each`);

const began = performance.now();
const path = join(await Deno.makeTempDir(), "labels.sqlite");
const store = openLabelStore(path, { classNames: ["cat", "dog", "fox"] });
const refs = await photosBelow(folder);
store.ask("the whole folder", refs.map((ref) => ({ ref, file: join(folder, ref) })));
const server = await startLabelServer(path);
const served = performance.now();
const browser = await openBrowser();
try {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  const opened = performance.now();
  await page.goto(server.linkFor(store.access.invite(store.access.annotator("me", "owner"))));
  await page.locator("#picture img").waitFor();
  const shown = performance.now();
  console.log(
    `from the command to the server ${(served - began).toFixed(0)} ms, from the link to the first picture ` +
      `${(shown - opened).toFixed(0)} ms`,
  );
  // From the key press to the frame after the one in which the next picture is on the stage.
  await page.evaluate(() => {
    const waits: number[] = [];
    Reflect.set(globalThis, "waits", waits);
    let pressed = 0;
    addEventListener("keydown", () => pressed = performance.now(), { capture: true });
    const stage = document.querySelector("#picture")!;
    new MutationObserver(() => {
      if (stage.querySelector("img") === null || pressed === 0) return;
      const since = pressed;
      pressed = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => waits.push(performance.now() - since)));
    }).observe(stage, { childList: true });
  });
  for (const [pace, pause] of [["two a second", 500], ["as fast as pictures come", 0]] as const) {
    await page.evaluate(() => (Reflect.get(globalThis, "waits") as number[]).length = 0);
    for (let press = 0; press < presses; press++) {
      const settled = new Promise((resolve) => setTimeout(resolve, pause));
      await page.keyboard.press(`${press % 3 + 1}`);
      await page.waitForFunction((count) => (Reflect.get(globalThis, "waits") as number[]).length === count, press + 1);
      await settled;
    }
    const waits = await page.evaluate(() => Reflect.get(globalThis, "waits") as number[]);
    waits.sort((a, b) => a - b);
    const at = (share: number) => `${waits[Math.floor(share * (waits.length - 1))].toFixed(0)} ms`;
    console.log(`${pace}: next picture after ${at(0.5)} (median), ${at(0.95)} (p95), ${at(1)} (longest)`);
  }
  const answered = () => store.decisions().length;
  for (let tries = 0; answered() < 2 * presses && tries < 100; tries++) await new Promise((go) => setTimeout(go, 50));
  assert.equal(answered(), 2 * presses);
} finally {
  await browser.close();
  await server.stop();
  store.close();
  if (Deno.args[2] === undefined) {
    for (const each of [folder, originals]) await Deno.remove(each, { recursive: true });
  }
}
