import { join } from "node:path";
import sharp from "sharp";
import { type EventDraft, type LabelStore, openLabelStore, type ProjectOptions } from "curio";

/** Runs with a folder of its own, gone afterwards. */
export async function inFolder(work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "curio-labels-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A store with so many items called `0.png`, `1.png`, …, whose files are not there. */
export function smallStore(folder: string, count: number, options: ProjectOptions = {}): LabelStore {
  const store = openLabelStore(join(folder, "labels.sqlite"), { classNames: ["cat", "dog", "fox"], ...options });
  store.ask(
    "a first look",
    Array.from({ length: count }, (_, index) => ({
      ref: `${index}.png`,
      file: join(folder, `${index}.png`),
    })),
  );
  return store;
}

/** Small pictures in the folder, `0.png` and so on, each of another colour. */
export async function paint(folder: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const background = { r: index * 37 % 256, g: index * 91 % 256, b: index * 53 % 256 };
    await sharp({ create: { width: 300, height: 200, channels: 3, background } }).png()
      .toFile(join(folder, `${index}.png`));
  }
}

let made = 0;

/** An event as a page makes it. */
export function draft(item: string, kind: EventDraft["kind"], more: Partial<EventDraft> = {}): EventDraft {
  return { id: `made-here-${made++}`, item, kind, madeAt: 1_700_000_000_000 + made, ...more };
}
