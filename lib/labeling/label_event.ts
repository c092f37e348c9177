import { z } from "zod";

/**
 * What somebody did, made by the page with an id of its own: sending it twice changes nothing.
 *
 * - `label`: the item is of class `label`. `unsure`: looked at, and no class can be told; counts as an answer.
 * - `skip`: not now; the item comes back at the end, or goes to somebody else.
 * - `flag`, `unflag`, `note`: remarks; the last of each holds.
 * - `adjudicate`: the owner settles a disagreement with `label`.
 * - `undo`: takes back the event `undoes`; what stood before it stands again.
 */
export const draftSchema = z.object({
  id: z.string().regex(/^[\w-]{8,64}$/),
  /** The opaque key of the item. */
  item: z.string().max(64),
  kind: z.enum(["label", "unsure", "skip", "flag", "unflag", "note", "adjudicate", "undo"]),
  label: z.int().min(0).optional(),
  text: z.string().max(2000).optional(),
  undoes: z.string().max(64).optional(),
  /** By the clock of the page: milliseconds since 1970. */
  madeAt: z.int().min(0),
  /** How long the item was looked at: milliseconds. */
  took: z.int().min(0).max(86_400_000).optional(),
}).refine(({ kind, label }) => (kind === "label" || kind === "adjudicate") === (label !== undefined), "label or none")
  .refine(({ kind, text }) => (kind === "note") === (text !== undefined), "text with a note, and with nothing else")
  .refine(({ kind, undoes }) => (kind === "undo") === (undoes !== undefined), "undoes with undo, and nothing else");

/** What somebody did, as the page sends it. */
export type EventDraft = Readonly<z.infer<typeof draftSchema>>;

/** An event as it is kept. */
export interface LabelEvent {
  /** Counts up with every event of the store. */
  readonly seq: number;
  readonly id: string;
  readonly annotator: number;
  readonly item: number;
  /** From which query the item came. */
  readonly query: number;
  readonly kind: EventDraft["kind"];
  readonly label: number | null;
  readonly text: string | null;
  readonly undoes: string | null;
  /** When it was stored, by the clock of the server: milliseconds since 1970. */
  readonly at: number;
  /** When it was made, by the clock of the page. */
  readonly made_at: number;
  /** Milliseconds. */
  readonly took: number | null;
}

/** What became of a draft: `known` if it was stored before. Nothing is said before it is on disk. */
export interface Receipt {
  readonly id: string;
  readonly status: "stored" | "known" | "refused";
  readonly reason?: string;
}
