// @ts-check
import { openClassList } from "./class_list.js";
import { byId, counted, percent } from "./dom.js";
import { openGrid } from "./grid.js";
import { meaningOf } from "./keys.js";
import { openOutbox } from "./outbox.js";
import { openDialog, setting, showDisputes, showPeople, showStatus, wireDialogs, wireInvitations } from "./panels.js";
import { ask } from "./server.js";
import { openViewer } from "./viewer.js";

/**
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Item} Item
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("./types.js").Project} Project
 * @typedef {import("./types.js").Status} Status
 * @typedef {import("./types.js").Step} Step
 */

/** Images held ready, so that work goes on for a while without a network. */
const ahead = 12;
const screenful = 24;

/** @type {Project} */
const project = await ask("/api/project").catch(() => location.reload());
const { classNames, annotator } = project;
document.title = `${project.title} – Curio`;
byId("title").textContent = project.title;

const useKeys = setting("keys", "yes");
const showGuess = setting(`guess/${project.key}`, project.showGuess ? "yes" : "no");

/** Those to come; the first is on the stage. @type {Item[]} */
let queue = [];
/** Own answers, the last at the end. @type {Step[]} */
const steps = [];
/** Whether there may be older ones on the server. */
let hasOlder = true;
/** Answered here, whatever the server knows yet. @type {Set<string>} */
const answered = new Set();
/** Put off in this round: seen again only when somebody asks. @type {Set<string>} */
const putOff = new Set();
/** @type {Set<string>} */
const flagged = new Set();
let since = performance.now();
let sweeping = false;
let taking = false;
/** Whether the server had nothing more. */
let exhausted = false;
/** @type {Status | undefined} */
let status;

wireDialogs();
wireInvitations(project);
const classes = openClassList(classNames, (label) => answer("label", label));
const viewer = openViewer(byId("picture"), (zoom) => byId("zoom-reset").textContent = `${Math.round(zoom * 100)} %`);
const grid = openGrid((count) => {
  byId("selected-count").textContent = `${counted(count, "image")} chosen`;
});
const outbox = openOutbox(`curio-answers/${project.key}/${annotator.id}`, {
  onStatus: hear,
  onRefused: ({ reason }) => toast(`The server refused an answer: ${reason}`),
  onChange: (waiting, online) => {
    const badge = byId("network");
    badge.hidden = online;
    badge.textContent = waiting > 0 ? `Offline: ${counted(waiting, "answer")} kept here` : "Offline";
  },
  onClosed: () => toast("The session has ended. Open a fresh link; your answers are kept here."),
});

/** @param {Status} next */
function hear(next) {
  const grew = status !== undefined && next.total > status.total;
  status = next;
  showStatus(next);
  if (byId("people-dialog", HTMLDialogElement).open) showPeople(next);
  byId("open-disputes").hidden = annotator.role !== "owner" || next.disagreements === 0;
  if (grew || (exhausted && next.done < next.total && queue.length === 0)) {
    exhausted = false;
    refill();
  }
}

/** @param {string} text */
function say(text) {
  byId("say").textContent = text;
}

let fading = setTimeout(() => {});
/** @param {string} text */
function toast(text) {
  const place = byId("toast");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("shown"), 1800);
}

/** @param {Item} item @param {Kind} kind @param {Partial<Draft>} [more] @returns {Draft} */
function draftOf(item, kind, more = {}) {
  return { id: crypto.randomUUID(), item: item.key, kind, madeAt: Date.now(), ...more };
}

/** Keeps what was done until the server has it; says so where this browser has no room for more. @param {Draft[]} drafts */
function keep(drafts) {
  try {
    outbox.add(drafts);
    return true;
  } catch {
    toast("This browser has no room for more answers. Go on when the network is back.");
    return false;
  }
}

/** What the page says of an answer. @param {Kind} kind @param {number | null} [label] */
function nameOf(kind, label) {
  if (kind === "label") return classNames[label ?? 0];
  return kind === "unsure" ? "not sure" : "skipped";
}

/**
 * Answers the image on the stage, or all that are chosen in the grid.
 *
 * @param {"label" | "unsure" | "skip"} kind
 * @param {number} [label]
 */
function answer(kind, label) {
  const items = sweeping ? grid.chosenItems() : queue.slice(0, 1);
  if (items.length === 0) return;
  const took = Math.min(86_400_000, Math.round((performance.now() - since) / items.length));
  const group = crypto.randomUUID();
  const drafts = items.map((item) => draftOf(item, kind, { took, ...label !== undefined && { label } }));
  if (!keep(drafts)) return;
  const done = new Set(items.map(({ key }) => key));
  items.forEach((item, index) => {
    steps.push({ id: drafts[index].id, item, kind, label, group });
    if (kind === "skip") putOff.add(item.key);
    else answered.add(item.key);
  });
  queue = queue.filter(({ key }) => !done.has(key));
  if (label !== undefined) classes.flash(label);
  const said = items.length === 1 ? nameOf(kind, label) : `${counted(items.length, "image")}: ${nameOf(kind, label)}`;
  toast(said);
  if (sweeping) nextSweep();
  else present();
  say(`${said}. ${queue.length > 0 && !sweeping ? `Next: ${queue[0].name}.` : ""}`);
  if (!sweeping && queue.length < ahead - 4) refill();
}

/** Takes back the last answer, or the whole of the last sweep, and shows the image again. */
async function undo() {
  if (steps.length === 0 && hasOlder) await loadOlder();
  const last = steps.at(-1);
  if (last === undefined) return toast("There is nothing to undo.");
  const { group } = last;
  /** @type {Step[]} */
  const undone = [];
  while (steps.length > 0 && (undone.length === 0 || (group !== undefined && steps.at(-1)?.group === group))) {
    undone.unshift(/** @type {Step} */ (steps.pop()));
  }
  const keys = new Set(undone.map(({ item }) => item.key));
  for (const key of keys) [answered, putOff].forEach((set) => set.delete(key));
  queue = [...undone.map(({ item }) => item), ...queue.filter(({ key }) => !keys.has(key))];
  keep(undone.map(({ id, item }) => draftOf(item, "undo", { undoes: id })));
  const said = `Taken back: ${undone.length === 1 ? nameOf(last.kind, last.label) : counted(undone.length, "image")}`;
  toast(said);
  say(`${said}. Now: ${queue[0].name}.`);
  if (sweeping) grid.show(queue.slice(0, screenful));
  present();
}

async function loadOlder() {
  const before = steps[0]?.seq;
  await outbox.flush();
  try {
    const { events } = await ask("/api/history", before === undefined ? {} : { before });
    const known = new Set(steps.map(({ id }) => id));
    steps.unshift(...events.filter((/** @type {Step} */ { id }) => !known.has(id)).reverse());
    hasOlder = events.length === 100;
  } catch {
    toast("Older answers can be undone when the network is back.");
  }
}

/** Fetches more to do. What was answered here in the meantime is not taken up again. */
async function refill() {
  if (taking || sweeping) return;
  taking = true;
  const [now, late] = [new Set(answered), new Set(putOff)];
  try {
    const keep = queue.map(({ key }) => key);
    const taken = await ask("/api/take", { keep, count: Math.max(ahead, Math.min(60, keep.length)) });
    const waiting = outbox.waiting();
    const have = new Set(queue.map(({ key }) => key));
    const isFresh = (/** @type {Item} */ { key }) =>
      !have.has(key) && !waiting.has(key) && !answered.has(key) && !now.has(key) && putOff.has(key) === late.has(key);
    const fresh = taken.items.filter(isFresh);
    const wasEmpty = queue.length === 0;
    queue.push(...fresh);
    exhausted = taken.items.length < ahead;
    hear(taken.status);
    if (wasEmpty) present();
    else viewer.prepare(queue.slice(0, ahead));
  } catch {
    setTimeout(refill, 2000);
  } finally {
    taking = false;
    // What came may have been answered on the way, or more be in others' hands for now.
    if (queue.length === 0 && !exhausted) setTimeout(refill, 500);
  }
}

/** Puts the first of the queue on the stage, or says why there is none. */
function present() {
  const item = queue[0];
  const offered = item !== undefined && !putOff.has(item.key);
  const stays = sweeping;
  byId("picture").hidden = stays || !offered;
  byId("grid").hidden = !stays;
  byId("zoom").hidden = stays || !offered;
  byId("finished").hidden = stays || offered;
  for (const id of ["unsure", "skip", "flag", "note"]) byId(id, HTMLButtonElement).disabled = !stays && !offered;
  since = performance.now();
  if (stays) return describe(undefined);
  describe(offered ? item : undefined);
  if (offered) {
    viewer.show(item);
    viewer.prepare(queue.slice(0, ahead));
    return;
  }
  viewer.clear();
  const wasShown = byId("finished-title").textContent !== "";
  const left = putOff.size;
  byId("finished-title").textContent = left > 0
    ? "Only skipped images are left"
    : exhausted
    ? "All done"
    : "One moment…";
  byId("finished-text").textContent = left > 0
    ? `${counted(left, "image")} you put off. “Not sure” is an answer too.`
    : exhausted
    ? "Every answer is safe. This page goes on by itself when there is more to ask."
    : "Fetching images.";
  byId("look-again").hidden = left === 0;
  if (wasShown) say(byId("finished-title").textContent ?? "");
}

/** @param {Item | undefined} item */
function describe(item) {
  byId("name").textContent = item?.name ?? "";
  const hint = sweeping ? "Take out what does not belong, then choose a class." : undefined;
  const why = hint ?? (item?.why == null ? "" : `Asked because: ${item.why}`);
  byId("why").hidden = why === "";
  byId("why").textContent = why;
  const guessed = item?.guess != null && showGuess.get() === "yes";
  const guess = byId("guess");
  guess.hidden = !guessed;
  guess.textContent = guessed
    ? `The model's guess: ${classNames[item.guess ?? 0]}${
      item.confidence == null ? "" : `, ${percent(item.confidence)}`
    }`
    : "";
  classes.hint(
    guessed && item.confidence != null
      ? classNames.map((_, label) => label === item.guess ? item.confidence : null)
      : [],
  );
  byId("flag").setAttribute("aria-pressed", String(item !== undefined && flagged.has(item.key)));
}

async function nextSweep() {
  try {
    await outbox.flush();
    const { items, status: now } = await ask("/api/take", { keep: [], count: screenful, alike: true });
    queue = items.filter((/** @type {Item} */ { key }) => !answered.has(key) && !putOff.has(key));
    hear(now);
    if (queue.length === 0) {
      exhausted = true;
      toggleGrid();
    } else grid.show(queue);
  } catch {
    toast("The grid needs the network. Your answers are kept here.");
  }
}

async function toggleGrid() {
  sweeping = !sweeping;
  byId("open-grid").setAttribute("aria-pressed", String(sweeping));
  byId("selected-count").hidden = !sweeping;
  grid.show([]);
  present();
  say(sweeping ? "Grid: all images of the screen are answered at once." : "One image at a time.");
  if (sweeping) await nextSweep();
  else await refill();
}

function flag() {
  const items = sweeping ? grid.chosenItems() : queue.slice(0, 1);
  if (items.length === 0) return;
  const raised = !items.every(({ key }) => flagged.has(key));
  if (!keep(items.map((item) => draftOf(item, raised ? "flag" : "unflag")))) return;
  for (const { key } of items) raised ? flagged.add(key) : flagged.delete(key);
  const said = raised ? "Flagged" : "Flag taken away";
  toast(said);
  say(said);
  if (!sweeping) describe(queue[0]);
}

/** @type {Readonly<Record<string, () => void>>} */
const does = {
  undo,
  flag,
  skip: () => answer("skip"),
  unsure: () => answer("unsure"),
  note: () => queue.length > 0 && openDialog("note"),
  grid: toggleGrid,
  all: () => sweeping && grid.all(),
  search: () => !byId("search-box").hidden && classes.search(),
  zoomIn: () => viewer.zoomBy(1.4),
  zoomOut: () => viewer.zoomBy(1 / 1.4),
  whole: () => viewer.whole(),
  help: () => openDialog("help"),
};

document.addEventListener("keydown", (event) => {
  const { target } = event;
  const writes = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement;
  if (writes || document.querySelector("dialog[open]") !== null || useKeys.get() !== "yes") return;
  const meaning = meaningOf(event, classNames.length);
  if (meaning === undefined) return;
  event.preventDefault();
  if ("label" in meaning) answer("label", meaning.label);
  else does[meaning.command]();
});

for (const id of ["undo", "skip", "unsure", "flag", "note"]) byId(id).addEventListener("click", () => does[id]());
byId("zoom-in").addEventListener("click", does.zoomIn);
byId("zoom-out").addEventListener("click", does.zoomOut);
byId("zoom-reset").addEventListener("click", does.whole);
byId("open-grid").addEventListener("click", toggleGrid);
byId("look-again").addEventListener("click", () => {
  putOff.clear();
  present();
  refill();
});
byId("open-people").addEventListener("click", () => {
  if (status !== undefined) showPeople(status);
  openDialog("people");
});
byId("open-disputes").addEventListener(
  "click",
  () => showDisputes(project, (item, label) => keep([draftOf(item, "adjudicate", { label })])),
);
byId("note-form").addEventListener("submit", () => {
  const field = byId("note-text", HTMLTextAreaElement);
  const items = sweeping ? grid.chosenItems() : queue.slice(0, 1);
  if (!keep(items.map((item) => draftOf(item, "note", { text: field.value })))) return;
  field.value = "";
  toast("Note kept");
});

const brightness = byId("brightness", HTMLInputElement);
const contrast = byId("contrast", HTMLInputElement);
const light = () => viewer.light(Number(brightness.value), Number(contrast.value));
for (const slider of [brightness, contrast]) slider.addEventListener("input", light);
byId("light-reset").addEventListener("click", () => {
  brightness.value = contrast.value = "100";
  light();
});

const theme = setting("theme", "auto");
const themeField = byId("theme", HTMLSelectElement);
const applyTheme = () => document.documentElement.dataset.theme = theme.get();
themeField.value = theme.get();
themeField.addEventListener("change", () => {
  theme.set(themeField.value);
  applyTheme();
});
applyTheme();
for (
  const [id, kept, changed] of /** @type {const} */ ([
    ["use-keys", useKeys, () => {}],
    ["show-guess", showGuess, () => describe(sweeping ? undefined : queue[0])],
  ])
) {
  const box = byId(id, HTMLInputElement);
  box.checked = kept.get() === "yes";
  box.addEventListener("change", () => {
    kept.set(box.checked ? "yes" : "no");
    changed();
  });
}

const live = new EventSource("/api/live");
live.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
// Leases run out when nobody says a word for two minutes.
setInterval(refill, 45_000);

await outbox.flush();
loadOlder();
await refill();
