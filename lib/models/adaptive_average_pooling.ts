import { averagingMatrix } from "../runtime/averaging_matrix.ts";
import { tf } from "../runtime/tensorflow.ts";

/** Options of {@linkcode AdaptiveAveragePooling}. */
export interface AdaptiveAveragePoolingOptions {
  readonly name?: string;
  /** Height and width of what comes out. */
  readonly size: readonly [height: number, width: number];
}

/**
 * Averages `[batch, h, w, channels]` over windows so that `[batch, height, width, channels]` comes out, whatever came in,
 * as PyTorch's `AdaptiveAvgPool2d`: output row i is the mean of the rows ⌊i·h / height⌋ to ⌈(i + 1)·h / height⌉ − 1, and
 * so are the columns. Where h is smaller than height, rows are repeated.
 */
export class AdaptiveAveragePooling extends tf.layers.Layer {
  static readonly className = "AdaptiveAveragePooling";
  readonly size: readonly [height: number, width: number];

  constructor({ size, ...rest }: AdaptiveAveragePoolingOptions) {
    super(rest);
    this.size = size;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    const [batch, height, width, channels] = x.shape;
    const [rows, columns] = this.size;
    return tf.tidy(() => {
      const shares = tf.tensor(averagingMatrix([height, width], this.size), [height * width, rows * columns]);
      const pixels = x.transpose([0, 3, 1, 2]).reshape([batch * channels, height * width]);
      return pixels.matMul(shares).reshape([batch, channels, rows, columns]).transpose([0, 2, 3, 1]);
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [inputShape[0], ...this.size, inputShape[3]];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: [...this.size] };
  }
}
tf.serialization.registerClass(AdaptiveAveragePooling);
