/** Keeps a promise that is awaited later, or never, from ending the process when it fails meanwhile. */
export function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
