import assert from "node:assert/strict";
import { engineSupport, Random, tf } from "curio";
import { Graph, type Output } from "../../../lib/runtime/engine/graph.ts";
import { rowLosses } from "../../../lib/runtime/engine/losses.ts";
import { lowerNetwork } from "../../../lib/runtime/engine/lower_network.ts";
import { NativeTensor } from "../../../lib/runtime/engine/native_tensor.ts";
import { type LayerVariable, planOf } from "../../../lib/runtime/engine/network_plan.ts";
import { Session } from "../../../lib/runtime/engine/session.ts";
import { setRandomWeights } from "./agreement.ts";

const ignore = !engineSupport().available;
const { layers } = tf;
const rows = 3;

/**
 * Compares the gradients of every weight, in float64, with central differences: (L(w + h) − L(w − h)) / 2h, which is
 * off by O(h²), at five places of each weight. By the sigmoid loss: TensorFlow's gradient of the softmax cross-entropy
 * takes no float64.
 */
async function assertDifferencesAgree(network: tf.LayersModel): Promise<void> {
  const random = new Random(2);
  setRandomWeights(network, random);
  const graph = new Graph();
  const shape = [rows, ...network.inputs[0].shape.slice(1) as number[]];
  const images = graph.placeholder("float64", shape);
  const feeds = new Map<LayerVariable, Output>(
    network.weights.map((weight) => [weight, graph.placeholder("float64", weight.shape as number[])]),
  );
  const plan = planOf(network);
  const logits = lowerNetwork(plan, {
    graph,
    images,
    precision: "float64",
    weightOf: (weight) => feeds.get(weight)!,
    subtractFrom: () => assert.fail("no moving statistics here"),
  })(plan.output);
  const classes = network.outputs[0].shape[1] as number;
  const targets = graph.add("Cast", {
    inputs: [graph.constant(Array.from({ length: rows * classes }, () => 1 / classes), [rows, classes])],
    attributes: { DstT: { type: "float64" } },
  });
  const losses = rowLosses(graph, "sigmoid", { logits, targets });
  const loss = graph.add("Sum", { inputs: [losses, graph.integers([0])] });
  const xs = [...feeds.values()];
  const gradients = graph.gradients(loss, xs) as Output[];
  const session = new Session(graph);
  const run = session.call({ name: "the loss", feeds: [images, ...xs], fetches: [loss, ...gradients] });

  const input = new NativeTensor({ type: "float64", shape });
  input.float64.forEach((_, place, all) => all[place] = random.normal());
  const values = network.weights.map((weight) => {
    const tensor = new NativeTensor({ type: "float64", shape: weight.shape as number[] });
    tensor.float64.set(weight.read().dataSync());
    return tensor;
  });
  const evaluate = async () => {
    const results = await run([input, ...values]);
    const numbers = results.map((result) => result.float64.slice());
    results.forEach((result) => result.delete());
    return numbers;
  };
  const [, ...found] = await evaluate();
  const h = 1e-5;
  for (const [index, value] of values.entries()) {
    for (let draw = 0; draw < 5; draw++) {
      const place = random.integer(value.float64.length);
      const at = async (move: number) => {
        value.float64[place] += move;
        const [[result]] = await evaluate();
        value.float64[place] -= move;
        return result;
      };
      const difference = (await at(h) - await at(-h)) / (2 * h);
      const gradient = found[index][place];
      assert.ok(
        Math.abs(gradient - difference) <= 1e-6 * (1 + Math.abs(difference)),
        `${network.weights[index].originalName}[${place}]: gradient ${gradient}, difference ${difference}`,
      );
    }
  }
  [input, ...values].forEach((tensor) => tensor.delete());
  session.close();
  graph.delete();
  network.dispose();
}

function agrees(name: string, middle: () => tf.layers.Layer[]): void {
  Deno.test({
    name: `gradients agree with finite differences: ${name}`,
    ignore,
    fn: () =>
      assertDifferencesAgree(
        tf.sequential({
          layers: [
            layers.inputLayer({ inputShape: [7, 8, 2] }),
            ...middle(),
            layers.flatten(),
            layers.dense({ units: 3 }),
          ],
        }),
      ),
  });
}

const conv = { filters: 3, kernelSize: 3 };
for (const padding of ["same", "valid"] as const) {
  agrees(`conv2d, ${padding}, strides 2`, () => [layers.conv2d({ ...conv, padding, strides: 2, activation: "tanh" })]);
  agrees(
    `depthwise conv, ${padding}, strides 2`,
    () => [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding, strides: 2, activation: "sigmoid" })],
  );
  // tfjs cannot train these.
  agrees(`conv2d dilated by 2, ${padding}`, () => [layers.conv2d({ ...conv, padding, dilationRate: 2 })]);
  agrees(`conv2d dilated by 2×3, ${padding}`, () => [layers.conv2d({ ...conv, padding, dilationRate: [2, 3] })]);
}
agrees("ELU, average pooling", () => [
  layers.conv2d({ ...conv, activation: "elu" }),
  layers.averagePooling2d({ poolSize: 2 }),
]);
agrees("thresholded ReLU", () => [layers.conv2d(conv), layers.thresholdedReLU({ theta: 0.3 })]);
agrees("layer norm, GELU, max pooling", () => [
  layers.conv2d(conv),
  layers.layerNormalization({ epsilon: 1e-3 }),
  layers.activation({ activation: "gelu" }),
  layers.maxPooling2d({ poolSize: 2 }),
]);
agrees("layer norm without centre and scale", () => [
  layers.conv2d(conv),
  layers.layerNormalization({ center: false, scale: false }),
]);
agrees("log-softmax over the last of four dimensions", () => [
  layers.conv2d(conv),
  layers.activation({ activation: "logSoftmax" as "relu" }),
]);
