/** What one re-execution may take. */
export interface Limits {
  /** Wall clock. */
  readonly seconds: number;
  /** Bytes of memory, of all its processes together. */
  readonly memory: number;
  /** How many processes there may be at once. */
  readonly processes: number;
  /** Bytes that its files may take. */
  readonly disk: number;
}

/** A limit that was broken. */
export type Breach = keyof Limits;
