/** Does `work` when all that was asked for before has ended. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A queue of its own: runs of one session at the same time would update the same variables and write into the same
 * buffers.
 */
export function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
