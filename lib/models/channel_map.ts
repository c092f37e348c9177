import { tf } from "../runtime/tensorflow.ts";

/** Options of {@linkcode ChannelMap}: one entry for each channel that comes out. */
export interface ChannelMapOptions {
  readonly name?: string;
  /** The channel that it is made of. */
  readonly sources: readonly number[];
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/**
 * A layer without weights that makes channels of channels: yⱼ = scaleⱼ·x[sourcesⱼ] + offsetⱼ. Grey becomes red, green
 * and blue with it, and RGB becomes BGR.
 */
export class ChannelMap extends tf.layers.Layer {
  static readonly className = "ChannelMap";
  readonly sources: readonly number[];
  readonly scale: readonly number[];
  readonly offset: readonly number[];

  constructor({ sources, scale, offset, ...rest }: ChannelMapOptions) {
    super(rest);
    this.sources = sources;
    this.scale = scale;
    this.offset = offset;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() =>
      x.gather(tf.tensor1d([...this.sources], "int32"), x.rank - 1).mul([...this.scale]).add([...this.offset])
    );
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape.slice(0, -1), this.sources.length];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { sources, scale, offset } = this;
    return { ...super.getConfig(), sources: [...sources], scale: [...scale], offset: [...offset] };
  }
}
tf.serialization.registerClass(ChannelMap);
