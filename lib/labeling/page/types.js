// @ts-check
/**
 * What the page and the server say to each other.
 *
 * @typedef {{ key: string, name: string, why: string | null, guess: number | null, confidence: number | null }} Item
 * @typedef {"label" | "unsure" | "skip" | "flag" | "unflag" | "note" | "adjudicate" | "undo"} Kind
 * @typedef {{ id: string, item: string, kind: Kind, label?: number, text?: string, undoes?: string, madeAt: number,
 *   took?: number }} Draft
 * @typedef {{ id: string, status: "stored" | "known" | "refused", reason?: string }} Receipt
 * @typedef {{ title: string, classNames: string[], overlap: number, showGuess: boolean, key: string,
 *   annotator: { id: number, name: string, role: "owner" | "annotator" } }} Project
 * @typedef {{ items: number, alpha: number, fleiss: number, cohen: number }} Agreement
 * @typedef {{ annotator: string, right: number, of: number, accuracy: number }} Gold
 * @typedef {{ total: number, done: number, people: { name: string, answers: number }[], pace?: number,
 *   secondsLeft?: number, agreement?: Agreement, disagreements: number, gold?: Gold[] }} Status
 * @typedef {{ id: string, seq?: number, item: Item, kind: Kind, label?: number | null, group?: string }} Step
 */
export {};
