// @ts-check
import { make } from "./dom.js";
import { imageAddress } from "./server.js";

/** @typedef {import("./types.js").Item} Item */

/**
 * @typedef {{ image: HTMLImageElement, ready: Promise<void>, state: "coming" | "here" | "lost" }} Picture
 * @typedef {{ item: Item, small: Picture, large?: Picture }} Entry
 */

const mostZoom = 12;
/** Whoever looks for so long wants to see it sharply: milliseconds. */
const glance = 120;
/** How many of those to come are fetched sharply. */
const sharpAhead = 5;
/** Longest sides in pixels of the renditions that the server makes of larger images. */
const [thumbSide, smallSide, viewSide] = [480, 1000, 1600];

/**
 * One image, large: fetched and decoded before it is wanted, zoomed by wheel, pinch, double click and buttons, moved by
 * dragging, made lighter or darker. Small pictures come first: they cost the server little, so that somebody who is
 * quick is never kept waiting; what is looked at for more than a glance is sharp.
 *
 * @param {HTMLElement} place
 * @param {(zoom: number) => void} onZoom
 */
export function openViewer(place, onZoom) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  /** Those to come, soonest first. @type {readonly Item[]} */
  let coming = [];
  /** @type {string | undefined} */
  let shown;
  let zoom = 1, x = 0, y = 0;

  /** @param {Item} item @param {"thumb" | "small" | "view" | "full"} size @returns {Picture} */
  function picture({ key, name }, size) {
    const image = make("img", { alt: `Image ${name}`, draggable: "false", src: imageAddress(key, size) });
    /** @type {Picture} */
    const one = { image, ready: image.decode(), state: "coming" };
    one.ready.then(() => {
      one.state = "here";
      image.classList.toggle("tiny", sideOf(one) <= 256);
    }, () => one.state = "lost");
    return one;
  }

  /** @param {Picture} picture */
  function sideOf({ image }) {
    return Math.max(image.naturalWidth, image.naturalHeight);
  }

  /** @param {Item} item */
  function entryOf(item) {
    const known = entries.get(item.key);
    if (known !== undefined && known.small.state !== "lost") return known;
    const entry = { item, small: picture(item, "thumb") };
    entries.set(item.key, entry);
    return entry;
  }

  /** Fetches an image as large as the stage, where its small picture is not all there is. @param {Entry} entry */
  async function sharpened(entry) {
    await entry.small.ready;
    if (sideOf(entry.small) < thumbSide) return;
    const stage = Math.max(place.clientWidth, place.clientHeight) * devicePixelRatio;
    if (entry.large === undefined || entry.large.state === "lost") {
      entry.large = picture(entry.item, stage <= smallSide * 1.1 ? "small" : "view");
    }
    await entry.large.ready;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let looking;
  /** Once somebody looks: the image on the stage sharply, then those to come, one by one. */
  function look() {
    clearTimeout(looking);
    looking = setTimeout(async () => {
      const looked = shown;
      const entry = looked === undefined ? undefined : entries.get(looked);
      if (entry === undefined) return;
      await sharpened(entry).catch(() => {});
      if (shown === looked) put(entry);
      for (const item of coming.slice(0, sharpAhead + 1)) {
        if (shown !== looked) return;
        await sharpened(entryOf(item)).catch(() => {});
      }
    }, glance);
  }

  /** Puts the best picture that is here on the stage; whether there is one. @param {Entry} entry */
  function put({ small, large }) {
    const best = large?.state === "here" ? large : small.state === "here" ? small : undefined;
    if (best === undefined) return false;
    if (place.firstChild !== best.image || place.childElementCount !== 1) place.replaceChildren(best.image);
    settle();
    return true;
  }

  function settle() {
    const image = place.querySelector("img");
    if (image !== null) image.style.transform = zoom === 1 ? "" : `translate(${x}px, ${y}px) scale(${zoom})`;
    place.classList.toggle("zoomed", zoom > 1);
    onZoom(zoom);
  }

  /**
   * Zooms by a factor, so that the point under the pointer stays where it is.
   *
   * @param {number} factor
   * @param {{ clientX: number, clientY: number }} [at]
   */
  function zoomBy(factor, at) {
    const { left, top, width, height } = place.getBoundingClientRect();
    const [centreX, centreY] = at === undefined ? [0, 0] : [
      at.clientX - left - width / 2,
      at.clientY - top - height / 2,
    ];
    const next = Math.min(mostZoom, Math.max(1, zoom * factor));
    x = next === 1 ? 0 : centreX - (centreX - x) * next / zoom;
    y = next === 1 ? 0 : centreY - (centreY - y) * next / zoom;
    zoom = next;
    sharpen();
    settle();
  }

  /** Fetches all pixels once somebody looks closely. */
  function sharpen() {
    const large = shown === undefined ? undefined : entries.get(shown)?.large;
    if (large?.state !== "here" || zoom < 1.8 || large.image.dataset.full !== undefined) return;
    if (![smallSide, viewSide].includes(sideOf(large))) return;
    large.image.dataset.full = "yes";
    const full = new Image();
    full.src = imageAddress(/** @type {string} */ (shown), "full");
    full.decode().then(() => large.image.src = full.src, () => {});
  }

  function whole() {
    [zoom, x, y] = [1, 0, 0];
    settle();
  }

  /** @type {Map<number, { clientX: number, clientY: number }>} */
  const pointers = new Map();
  place.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event);
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const apart = (/** @type {{ clientX: number, clientY: number }} */ a) =>
        Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY);
      const middle = {
        clientX: (event.clientX + other.clientX) / 2,
        clientY: (event.clientY + other.clientY) / 2,
      };
      zoomBy(apart(event) / Math.max(1, apart(before)), middle);
    } else if (zoom > 1) {
      x += event.clientX - before.clientX;
      y += event.clientY - before.clientY;
      settle();
    }
    pointers.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    place.addEventListener(end, (event) => pointers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  place.addEventListener("dblclick", (event) => zoom > 1 ? whole() : zoomBy(2.5, event));
  place.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 400), event);
  }, { passive: false });

  return {
    zoomBy,
    whole,
    /** @param {readonly Item[]} items those to come, soonest first */
    prepare(items) {
      coming = items;
      items.forEach(entryOf);
      // Decoded images are large: only those near at hand are kept.
      const wanted = new Set([...items.map(({ key }) => key), shown]);
      for (const key of entries.keys()) if (!wanted.has(key)) entries.delete(key);
    },
    /** @param {Item} item */
    async show(item) {
      shown = item.key;
      [zoom, x, y] = [1, 0, 0];
      const entry = entryOf(item);
      look();
      if (put(entry)) return;
      // An image that is nearly here is there with the next frame; another leaves the stage empty until it is.
      const waiting = setTimeout(() => shown === item.key && place.replaceChildren(), 30);
      try {
        await entry.small.ready.finally(() => clearTimeout(waiting));
        if (shown === item.key) put(entry);
      } catch {
        if (shown !== item.key) return;
        place.replaceChildren(make(
          "p",
          { class: "broken" },
          `“${item.name}” cannot be shown: it is no image that can be read, or the network is gone. `,
          make("button", { type: "button", click: () => this.show(item) }, "Try again"),
        ));
        settle();
      }
    },
    clear() {
      shown = undefined;
      clearTimeout(looking);
      place.replaceChildren();
    },
    /** @param {number} brightness @param {number} contrast percent */
    light(brightness, contrast) {
      place.style.filter = brightness === 100 && contrast === 100
        ? ""
        : `brightness(${brightness}%) contrast(${contrast}%)`;
    },
  };
}
