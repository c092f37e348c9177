// @ts-check
import { byId, make } from "./dom.js";
import { keyOfClass } from "./keys.js";

/** More classes than this can be searched. */
const fewClasses = 12;

/**
 * The classes as buttons, with their keys; many of them can be searched by name.
 *
 * @param {readonly string[]} names
 * @param {(label: number) => void} onChoose
 */
export function openClassList(names, onChoose) {
  const place = byId("classes");
  const search = byId("search", HTMLInputElement);
  const folded = names.map((name) => name.toLowerCase());
  const buttons = names.map((name, label) => {
    const key = keyOfClass(label);
    const cap = key === undefined ? [] : [make("kbd", { "aria-hidden": "true" }, key.toUpperCase())];
    return make(
      "button",
      { type: "button", "aria-keyshortcuts": key, click: () => onChoose(label) },
      ...cap,
      make("span", {}, name),
      make("i", { "aria-hidden": "true" }),
    );
  });
  place.replaceChildren(...buttons);
  byId("search-box").hidden = names.length <= fewClasses;

  /** Classes that fit what is sought, those that begin with it first. */
  function found() {
    const sought = search.value.trim().toLowerCase();
    const fitting = folded.flatMap((name, label) => name.includes(sought) ? [label] : []);
    return fitting.sort((a, b) => Number(folded[b].startsWith(sought)) - Number(folded[a].startsWith(sought)) || a - b);
  }

  function filter() {
    const fitting = found();
    place.replaceChildren(...fitting.map((label) => buttons[label]));
    place.scrollTop = 0;
    byId("no-class").hidden = fitting.length > 0;
  }

  function leave() {
    search.value = "";
    filter();
    search.blur();
  }

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && found().length > 0) {
      const [label] = found();
      leave();
      onChoose(label);
    } else if (event.key === "ArrowDown") {
      const first = place.querySelector("button");
      first?.focus();
      event.preventDefault();
    }
  });

  return {
    search() {
      search.focus();
      search.select();
    },
    /** Shows for a moment which class was chosen. @param {number} label */
    flash(label) {
      for (const button of place.querySelectorAll(".chosen")) button.classList.remove("chosen");
      buttons[label].classList.add("chosen");
      setTimeout(() => buttons[label].classList.remove("chosen"), 350);
    },
    /** @param {readonly (number | null)[]} guesses shares by class to be shown beside the names */
    hint(guesses) {
      buttons.forEach((button, label) => {
        const share = guesses[label];
        /** @type {HTMLElement} */ (button.lastElementChild).textContent = share == null
          ? ""
          : `${Math.round(share * 100)} %`;
      });
    },
  };
}
