import { tf } from "../runtime/tensorflow.ts";

/** Options of {@linkcode ChannelPadding}. */
export interface ChannelPaddingOptions {
  /** Channels of zeros before and after the ones that are there. */
  readonly padding: readonly [before: number, after: number];
  readonly name?: string;
}

/** Channels of zeros around the ones that are there: `[…, channels]` → `[…, before + channels + after]`. */
export class ChannelPadding extends tf.layers.Layer {
  static className = "ChannelPadding";
  readonly padding: readonly [before: number, after: number];

  constructor(options: ChannelPaddingOptions) {
    super({ name: options.name });
    this.padding = options.padding;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.pad(x, [...new Array(x.rank - 1).fill([0, 0]), [...this.padding]]);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [before, after] = this.padding;
    return [...inputShape.slice(0, -1), before + (inputShape.at(-1) ?? 0) + after];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), padding: [...this.padding] };
  }
}
tf.serialization.registerClass(ChannelPadding);
