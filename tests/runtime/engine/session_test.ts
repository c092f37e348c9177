import assert from "node:assert/strict";
import { Random } from "curio";
import { engineSupport } from "../../../lib/runtime/engine/c_api.ts";
import { Graph, type Output } from "../../../lib/runtime/engine/graph.ts";
import { NativeTensor } from "../../../lib/runtime/engine/native_tensor.ts";
import { Session } from "../../../lib/runtime/engine/session.ts";

const ignore = !engineSupport().available;

const float = { type: "float32" } as const;

/** A variable with the operation that starts it at `values`. */
function variable(graph: Graph, shape: number[], values: Float32Array) {
  // Two variables of one shared_name would be one variable.
  const handle = graph.add("VarHandleOp", {
    attributes: { dtype: float, shape: { shape }, shared_name: shape.join("x") },
  });
  const initial = graph.constant(values, shape);
  const initialize = graph.operation("AssignVariableOp", { inputs: [handle, initial], attributes: { dtype: float } });
  return { handle, initialize, value: graph.add("ReadVariableOp", { inputs: [handle], attributes: { dtype: float } }) };
}

Deno.test({
  name: "a convolution, a pool and a dense layer learn in one graph: bright left half or bright right half",
  ignore,
  async fn() {
    const alive = [Graph.alive, Session.alive, NativeTensor.alive];
    const random = new Random(1);
    const graph = new Graph();
    const image = graph.placeholder("float32", [-1, 8, 8, 1]);
    const target = graph.placeholder("float32", [-1, 2]);
    const draw = (count: number) => Float32Array.from({ length: count }, () => 0.3 * random.normal());
    const variables = [variable(graph, [3, 3, 1, 4], draw(36)), variable(graph, [64, 2], draw(128))];
    const [kernel, weights] = variables.map(({ value }) => value);
    const convolved = graph.add("Conv2D", {
      inputs: [image, kernel],
      attributes: { strides: { ints: [1, 1, 1, 1] }, padding: "SAME" },
    });
    const pooled = graph.add("MaxPool", {
      inputs: [graph.add("Relu", { inputs: [convolved] })],
      attributes: { ksize: { ints: [1, 2, 2, 1] }, strides: { ints: [1, 2, 2, 1] }, padding: "VALID" },
    });
    const flat = graph.add("Reshape", { inputs: [pooled, graph.integers([-1, 64])] });
    const logits = graph.add("MatMul", { inputs: [flat, weights] });
    const losses = graph.add("SoftmaxCrossEntropyWithLogits", { inputs: [logits, target] });
    const loss = graph.add("Mean", { inputs: [losses, graph.integers([0])] });
    const rate = graph.constant(0.1);
    const updates = graph.gradients(loss, [kernel, weights]).map((gradient, place) =>
      graph.operation("ResourceApplyGradientDescent", {
        inputs: [variables[place].handle, rate, gradient as Output],
        attributes: { T: float },
      })
    );

    const session = new Session(graph);
    await session.call({ name: "start", targets: variables.map(({ initialize }) => initialize) })();
    const train = session.call({ name: "training", feeds: [image, target], fetches: [loss], targets: updates });
    const images = new NativeTensor({ type: "float32", shape: [16, 8, 8, 1] });
    const targets = new NativeTensor({ type: "float32", shape: [16, 2] });
    const pixels = images.float32;
    for (let item = 0; item < 16; item++) {
      const side = item % 2;
      for (let place = 0; place < 64; place++) {
        pixels[item * 64 + place] = (place % 8 < 4) === (side === 0) ? random.next() : 0;
      }
      targets.float32[item * 2 + side] = 1;
    }
    const history: number[] = [];
    for (let step = 0; step < 60; step++) {
      const [value] = await train([images, targets]);
      history.push(value.float32[0]);
      value.delete();
    }
    assert.ok(history[0] > 0.3 && history[59] < 0.05, `${history[0]} ${history[59]}`);

    images.delete();
    targets.delete();
    session.close();
    session.close();
    await assert.rejects(train([]), /Cannot run training: its session is closed/);
    graph.delete();
    assert.throws(() => graph.constant(1), /Cannot use the graph: it has been deleted/);
    assert.deepEqual([Graph.alive, Session.alive, NativeTensor.alive], alive);
  },
});

Deno.test({
  name: "an operation that TensorFlow refuses is named in the error",
  ignore,
  fn() {
    const graph = new Graph();
    const x = graph.placeholder("float32", [2, 3]);
    assert.throws(
      () => graph.inScope("head", () => graph.add("MatMul", { inputs: [x, x] })),
      /Cannot add MatMul "head\/MatMul" to the graph: Dimensions must be equal, but are 3 and 2/,
    );
    assert.throws(() => graph.add("Nonsense"), /Cannot add Nonsense "Nonsense" to the graph: Op type not registered/);
    graph.delete();
  },
});

Deno.test({
  name: "a run that fails says which, leaves nothing behind, and the session goes on",
  ignore,
  async fn() {
    const alive = NativeTensor.alive;
    const graph = new Graph();
    const x = graph.placeholder("float32", [-1]);
    const y = graph.add("Reshape", { inputs: [x, graph.integers([2, 2])] });
    const session = new Session(graph);
    const reshape = session.call({ name: "the reshape", feeds: [x], fetches: [y] });
    const three = new NativeTensor({ type: "float32", shape: [3] });
    const four = new NativeTensor({ type: "float32", shape: [4] });
    four.float32.set([1, 2, 3, 4]);
    await assert.rejects(reshape([three]), /Cannot run the reshape: .*3 values.*requested shape has 4/);
    const [result] = await reshape([four]);
    assert.deepEqual([[...result.shape], [...result.float32]], [[2, 2], [1, 2, 3, 4]]);
    for (const tensor of [three, four, result]) tensor.delete();
    session.close();
    graph.delete();
    assert.equal(NativeTensor.alive, alive);
  },
});
