// @ts-check

/** The server answered, and what it said was no. */
export class RefusedError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Asks the server, for at most ten seconds.
 *
 * @param {string} path
 * @param {object} [body] sent as JSON; without one it is only asked
 * @returns {Promise<any>}
 * @throws {RefusedError} if it says no; TypeError or TimeoutError if it cannot be reached
 */
export async function ask(path, body) {
  const response = await fetch(path, {
    ...body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    },
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.json();
  if (!response.ok) throw new RefusedError(response.status, answer.error);
  return answer;
}

/** @param {string} key @param {"thumb" | "small" | "view" | "full"} size */
export function imageAddress(key, size) {
  return `/image/${encodeURIComponent(key)}/${size}`;
}
