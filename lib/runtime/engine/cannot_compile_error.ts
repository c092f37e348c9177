/** A network that cannot become one graph; it can still be trained operation by operation. */
export class CannotCompileError extends Error {
  override name = "CannotCompileError";
  /** The layer that stands in the way, or `undefined` where it is the network as a whole. */
  readonly layer: string | undefined;
  /** Why, in a few words. */
  readonly reason: string;

  constructor(reason: string, { layer }: { readonly layer?: string } = {}) {
    super(`Cannot compile the network: ${layer === undefined ? "" : `layer "${layer}": `}${reason}`);
    this.layer = layer;
    this.reason = reason;
  }
}
