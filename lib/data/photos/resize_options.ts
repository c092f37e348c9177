/** How pixels between pixels are made: the filters of Pillow, widened when an image is made smaller (antialiased). */
export type Interpolation = "bilinear" | "bicubic" | "lanczos";

/** How a photo of any size becomes the square that a network sees. */
export interface ResizeOptions {
  /** Side of the square that comes out, in pixels. Default: 224. */
  readonly crop?: number;
  /**
   * What the shorter side is resized to, the aspect kept, before the centre is cut out: torchvision's `Resize` and
   * `CenterCrop`. At least `crop`, which is the default. `"stretch"`: the whole photo is pressed into the square, as
   * Keras's `load_img` does.
   */
  readonly resize?: number | "stretch";
  /** Default: bilinear. */
  readonly interpolation?: Interpolation;
}

/** {@linkcode ResizeOptions} with nothing left open. */
export type ResizePlan = Required<ResizeOptions>;
