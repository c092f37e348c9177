import type { StateDict } from "./state_dict.ts";

/** What timm calls the dense layers of a VGG, and what torchvision calls them. */
const denseLayers = [
  { theirs: "pre_logits.fc1.", ours: "classifier.0." },
  { theirs: "pre_logits.fc2.", ours: "classifier.3." },
  { theirs: "head.fc.", ours: "classifier.6." },
];

/**
 * The state dict of a VGG of timm's under torchvision's names; any other as it is. timm has the first two dense layers as
 * convolutions, `[out, in, h, w]`: the numbers lie in the same order as torchvision's `[out, in · h · w]`.
 */
export function namedAsTorchvision(state: StateDict): StateDict {
  if (!state.has("pre_logits.fc1.weight")) return state;
  return new Map([...state].map(([name, tensor]) => {
    const layer = denseLayers.find(({ theirs }) => name.startsWith(theirs));
    if (!layer) return [name, tensor];
    const [outputs, ...inputs] = tensor.shape;
    const shape = inputs.length === 0 ? [outputs] : [outputs, inputs.reduce((product, side) => product * side, 1)];
    return [layer.ours + name.slice(layer.theirs.length), { ...tensor, shape }];
  }));
}
