// @ts-check
import { make } from "./dom.js";
import { imageAddress } from "./server.js";

/** @typedef {import("./types.js").Item} Item */

const mostZoom = 12;

/**
 * One image, large: fetched and decoded before it is wanted, zoomed by wheel, pinch, double click and buttons, moved by
 * dragging, made lighter or darker.
 *
 * @param {HTMLElement} place
 * @param {(zoom: number) => void} onZoom
 */
export function openViewer(place, onZoom) {
  /** @type {Map<string, { image: HTMLImageElement, ready: Promise<void> }>} */
  const loaded = new Map();
  /** @type {string | undefined} */
  let shown;
  let zoom = 1, x = 0, y = 0;

  /** @param {Item} item */
  function load({ key, name }) {
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const image = make("img", { alt: `Image ${name}`, draggable: "false", src: imageAddress(key, "view") });
    const entry = { image, ready: image.decode() };
    entry.ready.then(
      () => image.classList.toggle("tiny", Math.max(image.naturalWidth, image.naturalHeight) <= 256),
      () => {
        if (loaded.get(key) === entry) loaded.delete(key); // asked for again next time
      },
    );
    loaded.set(key, entry);
    return entry;
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
    const entry = shown === undefined ? undefined : loaded.get(shown);
    if (entry === undefined || zoom < 1.8 || entry.image.dataset.full !== undefined) return;
    if (Math.max(entry.image.naturalWidth, entry.image.naturalHeight) < 1600) return;
    entry.image.dataset.full = "yes";
    const full = new Image();
    full.src = imageAddress(/** @type {string} */ (shown), "full");
    full.decode().then(() => entry.image.src = full.src, () => {});
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
      items.forEach(load);
      // Decoded images are large: only those near at hand are kept.
      const wanted = new Set([...items.map(({ key }) => key), shown]);
      for (const key of loaded.keys()) if (!wanted.has(key)) loaded.delete(key);
    },
    /** @param {Item} item */
    async show(item) {
      shown = item.key;
      [zoom, x, y] = [1, 0, 0];
      const { image, ready } = load(item);
      try {
        // An image that is decoded is there with the next frame; another leaves the stage empty until it is.
        const waiting = setTimeout(() => shown === item.key && place.replaceChildren(), 30);
        await ready.finally(() => clearTimeout(waiting));
        if (shown === item.key) place.replaceChildren(image);
      } catch {
        if (shown !== item.key) return;
        place.replaceChildren(make(
          "p",
          { class: "broken" },
          `“${item.name}” cannot be shown: it is no image that can be read, or the network is gone. `,
          make("button", { type: "button", click: () => this.show(item) }, "Try again"),
        ));
      }
      settle();
    },
    clear() {
      shown = undefined;
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
