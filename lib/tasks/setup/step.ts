/** What set-up does in one go and can do again: it is done wholly, or counts as not done at all. */
export interface Step {
  /** In plain words, for the list and the progress line: `packages from npm`. */
  readonly name: string;
  /** About how much comes over the network, in bytes. */
  readonly fetches: number;
  /** About how much disk it takes, in bytes. */
  readonly disk: number;
  /** About how long it takes on two cores and a 100 Mbit/s line. */
  readonly seconds: number;
  /** Whether there is nothing to do; must be quick, for it is asked every time. */
  isDone(): Promise<boolean>;
  /**
   * Does it, and says in one sentence what there is now and why.
   *
   * @throws {SetupError} with the way out
   */
  run(progress: (text: string) => void): Promise<string>;
}

/** Set-up cannot go on; the message says what a person can do about it. */
export class SetupError extends Error {
  override name = "SetupError";
}
