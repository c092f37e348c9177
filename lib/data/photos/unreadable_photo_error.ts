/** Content that is no photo we can read. The message is the reason alone: whoever asked knows the file. */
export class UnreadablePhotoError extends Error {
  override name = "UnreadablePhotoError";
}
