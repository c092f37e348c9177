import assert from "node:assert/strict";
import { engineSupport, tf } from "curio";
import { ChannelPadding } from "../../lib/models/channel_padding.ts";
import { assertEnginesAgree } from "../runtime/engine/agreement.ts";

Deno.test("ChannelPadding puts channels of zeros before and after", () => {
  const layer = new ChannelPadding({ padding: [1, 2] });
  tf.tidy(() => {
    const padded = layer.apply(tf.tensor4d([3, 4], [1, 1, 1, 2])) as tf.Tensor;
    assert.deepEqual([...padded.dataSync()], [0, 3, 4, 0, 0]);
    assert.deepEqual(layer.computeOutputShape([null, 1, 1, 2]), [null, ...padded.shape.slice(1)]);
  });
  assert.deepEqual(layer.getConfig().padding, [1, 2]);
});

Deno.test({
  name: "compiled and eager agree on ChannelPadding",
  ignore: !engineSupport().available,
  async fn() {
    const { layers } = tf;
    const input = tf.input({ shape: [6, 6, 3] });
    const wide = new ChannelPadding({ name: "pad", padding: [2, 1] }).apply(input);
    const convolved = layers.conv2d({ name: "conv", filters: 6, kernelSize: 3, padding: "same" }).apply(input);
    const sum = layers.add({ name: "sum" }).apply([wide, convolved] as tf.SymbolicTensor[]);
    const narrow = layers.conv2d({ name: "narrow", filters: 2, kernelSize: 1 }).apply(sum);
    const back = new ChannelPadding({ name: "back", padding: [0, 1] }).apply(narrow);
    const pooled = layers.globalAveragePooling2d({ name: "features" }).apply(back);
    const logits = layers.dense({ name: "logits", units: 3 }).apply(pooled) as tf.SymbolicTensor;
    await assertEnginesAgree(tf.model({ inputs: input, outputs: logits }), { featureLayer: "features" });
  },
});
