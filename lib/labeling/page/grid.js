// @ts-check
import { byId, make } from "./dom.js";
import { imageAddress } from "./server.js";

/** @typedef {import("./types.js").Item} Item */

/**
 * A screen of images that look alike, to be answered at once: all are chosen until somebody takes the odd ones out.
 *
 * @param {(chosen: number) => void} onChange
 */
export function openGrid(onChange) {
  const place = byId("grid");
  /** @type {Map<string, { item: Item, button: HTMLButtonElement }>} */
  const tiles = new Map();

  const isChosen = (/** @type {HTMLElement} */ button) => button.getAttribute("aria-pressed") === "true";

  /** @param {HTMLElement} button @param {boolean} chosen */
  function choose(button, chosen) {
    button.setAttribute("aria-pressed", String(chosen));
    onChange(chosenItems().length);
  }

  function chosenItems() {
    return [...tiles.values()].filter(({ button }) => isChosen(button)).map(({ item }) => item);
  }

  // Arrows move through the grid; only one tile at a time is a stop of the tab key.
  place.addEventListener("keydown", (event) => {
    const buttons = [...tiles.values()].map(({ button }) => button);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const columns = getComputedStyle(place).gridTemplateColumns.split(" ").length;
    const steps = /** @type {Record<string, number>} */ ({
      ...{ ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns },
    });
    const next = buttons[at + (steps[event.key] ?? 0)];
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return;
    buttons[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  return {
    chosenItems,
    /** @param {readonly Item[]} items */
    show(items) {
      tiles.clear();
      items.forEach((item, index) => {
        const image = make("img", {
          alt: `Image ${item.name}`,
          src: imageAddress(item.key, "thumb"),
          draggable: "false",
        });
        image.addEventListener(
          "load",
          () => image.classList.toggle("tiny", Math.max(image.naturalWidth, image.naturalHeight) <= 128),
        );
        const button = make(
          "button",
          { type: "button", "aria-pressed": "true", tabindex: index === 0 ? 0 : -1 },
          image,
        );
        button.addEventListener("click", () => choose(button, !isChosen(button)));
        tiles.set(item.key, { item, button });
      });
      place.replaceChildren(...[...tiles.values()].map(({ button }) => button));
      place.scrollTop = 0;
      onChange(tiles.size);
    },
    all() {
      const chosen = chosenItems().length < tiles.size;
      for (const { button } of tiles.values()) choose(button, chosen);
    },
  };
}
