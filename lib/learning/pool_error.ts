/** Which rule of a {@linkcode Pool} was broken. */
export type PoolFault = "order" | "length" | "labelled" | "unqueried" | "unlabelled" | "ignored" | "index" | "class";

/** What was asked of a pool does not fit the state in which it is; nothing was changed. */
export class PoolError extends Error {
  override name = "PoolError";

  constructor(readonly fault: PoolFault, message: string) {
    super(message);
  }
}
