// @ts-check
import { ask, RefusedError } from "./server.js";

/**
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Receipt} Receipt
 * @typedef {import("./types.js").Status} Status
 */

/**
 * What was done and is not yet known to be on the server's disk. It is written to the browser's own storage before the
 * page goes on, so that it outlives a reload, a crash and a lost network; ids made here let it be sent any number of
 * times without being counted twice.
 *
 * @param {string} name of the storage: one for each store and person
 * @param {{ onStatus: (status: Status) => void, onRefused: (receipt: Receipt) => void,
 *   onChange: (waiting: number, online: boolean) => void, onClosed: () => void }} listeners
 */
export function openOutbox(name, { onStatus, onRefused, onChange, onClosed }) {
  const prefix = `${name}/`;
  /** @type {Promise<void> | undefined} */
  let sending;
  let online = true;
  let pause = 500;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Its keys sort in the order of writing, also across tabs and reloads. */
  function keys() {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).sort();
  }

  let counter = 0;
  /**
   * Keeps all of them, or none and throws, where the browser has no room.
   *
   * @param {readonly Draft[]} drafts
   */
  function add(drafts) {
    /** @type {string[]} */
    const kept = [];
    try {
      for (const draft of drafts) {
        const place = `${Date.now()}`.padStart(15, "0") + `-${`${counter++}`.padStart(6, "0")}`;
        kept.push(`${prefix}${place}-${draft.id}`);
        localStorage.setItem(/** @type {string} */ (kept.at(-1)), JSON.stringify(draft));
      }
    } catch (error) {
      for (const key of kept) localStorage.removeItem(key);
      throw error;
    }
    onChange(keys().length, online);
    flush();
  }

  /** Sends what there is, in order; comes back by itself while there is anything left. */
  function flush() {
    return sending ??= send().finally(() => sending = undefined);
  }

  async function send() {
    clearTimeout(timer);
    try {
      for (let batch = keys().slice(0, 100); batch.length > 0; batch = keys().slice(0, 100)) {
        const events = batch.map((key) => JSON.parse(localStorage.getItem(key) ?? "{}"));
        const { receipts, status } = await ask("/api/events", { events });
        // Only what the server has named is let go.
        const named = new Set(receipts.map((/** @type {Receipt} */ { id }) => id));
        const settled = batch.filter((_, index) => named.has(String(events[index].id)));
        if (settled.length === 0) throw new Error("The server did not say what became of the answers.");
        for (const key of settled) localStorage.removeItem(key);
        online = true;
        pause = 500;
        onStatus(status);
        for (const receipt of receipts) if (receipt.status === "refused") onRefused(receipt);
      }
    } catch (error) {
      online = false;
      if (error instanceof RefusedError && error.status === 401) onClosed();
      pause = Math.min(8000, pause * 1.6);
      timer = setTimeout(flush, pause);
    } finally {
      onChange(keys().length, online);
    }
  }

  globalThis.addEventListener("online", () => flush());
  return {
    add,
    flush,
    /** Keys of items that were answered and not yet sent; an undo takes one back. */
    waiting() {
      /** @type {Map<string, string>} */
      const items = new Map();
      for (const key of keys()) {
        /** @type {Draft} */
        const draft = JSON.parse(localStorage.getItem(key) ?? "{}");
        if (["label", "unsure", "skip"].includes(draft.kind)) items.set(draft.item, draft.id);
        if (draft.kind === "undo") items.delete(draft.item);
      }
      return items;
    },
  };
}
