/** Work that must not overlap: one piece at a time, in the order in which it was asked for. */
export interface Turns {
  /** Does `work` when all that was asked for before has ended. */
  next<T>(work: () => Promise<T> | T): Promise<T>;
  /** Does the last piece of work; whoever asks for more is refused. A second call gives the first one's result. */
  end(work: () => Promise<void> | void): Promise<void>;
}

/**
 * A queue: runs of one session at the same time would update the same variables and write into the same buffers.
 *
 * @param refusal what is thrown after the end
 */
export function turns(refusal: string): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let ended: Promise<void> | undefined;
  function queue<T>(work: () => Promise<T> | T): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  }
  return {
    next: (work) => ended ? Promise.reject(new Error(refusal)) : queue(work),
    end: (work) => ended ??= queue(work),
  };
}
