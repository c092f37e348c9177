import assert from "node:assert/strict";
import { type StateDict, vgg } from "curio";
import { publishedWeights, shapeInFile } from "../../../lib/models/weights/published_weights.ts";
import { namedAsTorchvision } from "../../../lib/models/weights/timm_vgg.ts";

Deno.test("A VGG of timm's has our names and shapes once it is named as torchvision's", async () => {
  const network = vgg({ depth: 11, shape: { height: 32, width: 32, channels: 3 }, classes: 2, hiddenUnits: 3 });
  const wanted = publishedWeights(network, { naming: "torch" }).map((weight) =>
    [weight.name, shapeInFile(weight)] as const
  );
  network.dispose();
  // As timm/models/vgg.py makes its own names and shapes of torchvision's.
  const inner: Record<string, number[]> = { "classifier.0.weight": [512, 7, 7], "classifier.3.weight": [3, 1, 1] };
  const numbers = () => Promise.resolve(Float32Array.of(1, 2, 3));
  const timm: StateDict = new Map(wanted.map(([name, shape]) => {
    const own = name.replace("classifier.0", "pre_logits.fc1").replace("classifier.3", "pre_logits.fc2")
      .replace("classifier.6", "head.fc");
    return [own, { type: "float32", shape: name in inner ? [shape[0], ...inner[name]] : shape, read: numbers }];
  }));
  const named = namedAsTorchvision(timm);
  assert.deepEqual([...named].map(([name, { shape }]) => [name, shape]), wanted);
  assert.deepEqual(await named.get("classifier.0.weight")!.read(), await numbers());
  assert.equal(namedAsTorchvision(named), named);
});
