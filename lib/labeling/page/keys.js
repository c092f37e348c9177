// @ts-check

const classKeys = [..."1234567890", ..."qwertyuiopasdfghjklzxcvbnm"];

/**
 * The key of a class by its index: the digits, then the letters in the order of the keyboard.
 *
 * @param {number} index
 * @returns {string | undefined}
 */
export function keyOfClass(index) {
  return classKeys[index];
}

/** @typedef {{ keys: readonly string[], shown: readonly string[], says: string }} Command */

/**
 * Commands are what is no digit and no small letter: those are the classes'.
 *
 * @type {Readonly<Record<string, Command>>}
 */
export const commands = {
  undo: { keys: ["Backspace", "ArrowLeft"], shown: ["⌫", "←"], says: "Undo, as many steps as you like" },
  skip: { keys: ["ArrowRight"], shown: ["→"], says: "Skip: the image comes back at the end" },
  unsure: { keys: ["U"], shown: ["⇧", "U"], says: "Not sure: no class can be told" },
  flag: { keys: ["F"], shown: ["⇧", "F"], says: "Flag for somebody to look at" },
  note: { keys: ["N"], shown: ["⇧", "N"], says: "Write a note" },
  grid: { keys: ["G"], shown: ["⇧", "G"], says: "Sweep a screen of images at once, or one by one" },
  all: { keys: ["A"], shown: ["⇧", "A"], says: "In the grid: all or none" },
  search: { keys: ["/"], shown: ["/"], says: "Find a class by its name" },
  zoomIn: { keys: ["+", "="], shown: ["+"], says: "Zoom in; then drag, or turn the wheel" },
  zoomOut: { keys: ["-"], shown: ["−"], says: "Zoom out" },
  whole: { keys: ["Escape"], shown: ["Esc"], says: "The whole image again" },
  help: { keys: ["?"], shown: ["?"], says: "This list" },
};

/**
 * What a key press means where nothing else takes it.
 *
 * @param {KeyboardEvent} event
 * @param {number} classCount
 * @returns {{ command: string } | { label: number } | undefined}
 */
export function meaningOf({ key, ctrlKey, metaKey, altKey, repeat }, classCount) {
  if ((ctrlKey || metaKey) && key.toLowerCase() === "z") return { command: "undo" };
  if (ctrlKey || metaKey || altKey) return undefined;
  const command = Object.entries(commands).find(([, { keys }]) => keys.includes(key))?.[0];
  if (command !== undefined) return { command };
  // A key that is held down must not label everything there is.
  const label = repeat ? -1 : classKeys.indexOf(key);
  return label >= 0 && label < classCount ? { label } : undefined;
}
