// @ts-check
import { byId, counted, make, percent } from "./dom.js";
import { commands } from "./keys.js";
import { ask, imageAddress } from "./server.js";

/**
 * @typedef {import("./types.js").Project} Project
 * @typedef {import("./types.js").Status} Status
 * @typedef {import("./types.js").Item} Item
 */

/** @param {string} name */
export function openDialog(name) {
  const dialog = byId(`${name}-dialog`, HTMLDialogElement);
  if (!dialog.open) dialog.showModal();
}

/** Wires the dialogs that have nothing to do with the image at hand. */
export function wireDialogs() {
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog")?.close());
  }
  byId("keys").replaceChildren(
    make("dt", {}, make("kbd", {}, "1"), "…", make("kbd", {}, "0"), make("kbd", {}, "Q"), "…", make("kbd", {}, "M")),
    make("dd", {}, "The classes, in their order"),
    ...Object.values(commands).flatMap(({ shown, says }) => [
      make("dt", {}, ...shown.map((key) => make("kbd", {}, key))),
      make("dd", {}, says),
    ]),
  );
  byId("open-help").addEventListener("click", () => openDialog("help"));
  byId("open-settings").addEventListener("click", () => openDialog("settings"));
  byId("open-light").addEventListener("click", () => openDialog("light"));
}

/** What this browser remembers of how the page should be. @param {string} name @param {string} initial */
export function setting(name, initial) {
  const key = `curio-setting/${name}`;
  return {
    get: () => localStorage.getItem(key) ?? initial,
    set: (/** @type {string} */ value) => localStorage.setItem(key, value),
  };
}

/** @param {number} seconds */
function timeText(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Progress, pace and time left, in the bar. @param {Status} status */
export function showStatus({ total, done, pace, secondsLeft, agreement, disagreements }) {
  byId("facts").textContent = [
    `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`,
    ...secondsLeft === undefined || done >= total ? [] : [`${timeText(secondsLeft)} left`],
    ...pace === undefined ? [] : [`${Math.round(pace)} a minute`],
    ...agreement === undefined || !Number.isFinite(agreement.alpha)
      ? []
      : [`agreement α ${agreement.alpha.toFixed(2)}`],
  ].join(" · ");
  const progress = byId("progress");
  progress.setAttribute("aria-valuenow", String(done));
  progress.setAttribute("aria-valuemax", String(Math.max(1, total)));
  byId("progress-fill").style.transform = `scaleX(${total === 0 ? 0 : done / total})`;
  byId("dispute-count").textContent = String(disagreements);
}

/** @param {number | null | undefined} value */
function measure(value) {
  return value == null || Number.isNaN(value) ? "–" : value.toFixed(2);
}

/** Who has done how much, and how well they agree. @param {Status} status */
export function showPeople({ people, gold = [], agreement }) {
  const right = new Map(gold.map(({ annotator, accuracy, of }) => [annotator, `${percent(accuracy)} of ${of}`]));
  const rows = [...people].sort((a, b) => b.answers - a.answers).map(({ name, answers }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, name),
      make("td", {}, answers.toLocaleString("en")),
      ...gold.length > 0 ? [make("td", {}, right.get(name) ?? "–")] : [],
    )
  );
  const heads = ["Name", "Answers", ...gold.length > 0 ? ["Right, where known"] : []];
  byId("people").replaceChildren(
    rows.length === 0 ? make("p", { class: "muted" }, "Nobody has answered yet.") : make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows),
    ),
  );
  byId("agreement").replaceChildren(
    ...agreement === undefined ? [] : [make(
      "p",
      { class: "muted" },
      `Agreement on ${counted(agreement.items, "image")} beyond chance: Krippendorff's α ${
        measure(agreement.alpha)
      }, ` +
        `Fleiss' κ ${measure(agreement.fleiss)}, Cohen's κ ${measure(agreement.cohen)} (1 is full agreement).`,
    )],
  );
}

/** Lets an owner invite others. @param {Project} project */
export function wireInvitations({ annotator }) {
  const form = byId("invite", HTMLFormElement);
  form.hidden = annotator.role !== "owner";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const result = byId("invite-result");
    result.hidden = false;
    try {
      const { name, link } = await ask("/api/invite", { name: byId("invite-name", HTMLInputElement).value });
      result.textContent = link;
      result.setAttribute("aria-label", `Link for ${name}, good for one browser: ${link}`);
    } catch (error) {
      result.textContent = error instanceof Error ? error.message : String(error);
    }
  });
}

/**
 * The queue of disagreements, for somebody to settle.
 *
 * @param {Project} project
 * @param {(item: Item, label: number) => void} onSettle
 */
export async function showDisputes({ classNames }, onSettle) {
  openDialog("disputes");
  const place = byId("disputes");
  place.replaceChildren(make("p", { class: "muted" }, "Loading…"));
  /** @type {{ votes: { item: Item, votes: [number, number][] }[] }} */
  const { votes } = await ask("/api/disagreements", {});
  if (votes.length === 0) place.replaceChildren(make("p", {}, "Nobody disagrees, or all is settled."));
  else {
    place.replaceChildren(...votes.map(({ item, votes }) => {
      const settle = (/** @type {number} */ label) => {
        onSettle(item, label);
        row.remove();
      };
      const other = make(
        "select",
        { "aria-label": "Another class", change: () => other.value !== "" && settle(Number(other.value)) },
        make("option", { value: "" }, "Another…"),
        ...classNames.map((name, label) => make("option", { value: label }, name)),
      );
      const row = make(
        "section",
        { class: "dispute", "aria-label": item.name },
        make("img", { src: imageAddress(item.key, "thumb"), alt: `Image ${item.name}`, loading: "lazy" }),
        make(
          "div",
          {},
          make("p", {}, item.name),
          ...votes.map(([label, count]) =>
            make("button", { type: "button", click: () => settle(label) }, `${classNames[label]} (${count})`)
          ),
          other,
        ),
      );
      return row;
    }));
  }
}
