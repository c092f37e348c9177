import assert from "node:assert/strict";
import { resnet, type ResNetDepth, vgg, type VggDepth } from "curio";

Deno.test("resnet() and vgg() name the depths that there are", () => {
  const shape = { height: 32, width: 32, channels: 3 };
  assert.throws(() => resnet({ depth: 20 as ResNetDepth, shape, classes: 2 }), {
    name: "RangeError",
    message: /depth must be one of 18, 34, 50, 101, 152: current value is 20/,
  });
  assert.throws(() => vgg({ depth: 17 as VggDepth, shape, classes: 2 }), /one of 11, 13, 16, 19: current value is 17/);
});
