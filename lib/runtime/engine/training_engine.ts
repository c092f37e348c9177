import { backend } from "../tensorflow.ts";
import type { EngineState, HostTensor } from "./engine_state.ts";
import { type EngineParts, type GraphBatch, type GraphEngine, placeOf } from "./engine_types.ts";
import { FeedBuffer } from "./feed_buffer.ts";
import { ForwardPasses } from "./forward_passes.ts";
import { NativeTensor } from "./native_tensor.ts";
import { type GraphOptimizer, rateValues } from "./optimizer_updates.ts";
import { Session } from "./session.ts";
import { trainingGraph } from "./training_graph.ts";
import { turns } from "./turns.ts";

/** An engine whose weights are variables of one graph, which trains them and runs them forwards. */
export function trainingEngine(
  { network, plan, template, options }: EngineParts,
  optimizer: GraphOptimizer,
): GraphEngine {
  const { normalization, featureLayer, clipNorm, learningRateScales, loss = "softmax", precision } = options;
  const built = trainingGraph(network, plan, {
    statistics: normalization,
    optimizer,
    clipNorm,
    learningRateScales,
    loss,
    precision,
  });
  const session = new Session(built.graph);
  const { images, targets, weights, noiseKey, rates } = built;
  const feeds = [images, targets, weights, noiseKey, rates.rate, rates.epsilon, rates.decay];
  const train = session.call({
    name: "the training step",
    feeds,
    fetches: [built.loss, built.correct],
    targets: built.updates,
  });
  const differentiate = session.call({ name: "the gradients", feeds, fetches: [...built.gradients.values()] });
  const passes = new ForwardPasses({ ...built, session, plan, statistics: normalization, precision });
  const buffers = {
    images: new FeedBuffer("uint8", network.inputs[0].shape.slice(1) as number[]),
    targets: new FeedBuffer("float32", [network.outputs[0].shape.at(-1) as number]),
    weights: new FeedBuffer("float32", []),
  };
  const scalars = {
    noiseKey: new NativeTensor({ type: "int32", shape: [] }),
    rate: new NativeTensor({ type: "float32", shape: [] }),
    epsilon: new NativeTensor({ type: "float32", shape: [] }),
    decay: new NativeTensor({ type: "float32", shape: [] }),
  };
  let step = 0;

  async function importState(state: EngineState): Promise<void> {
    await built.network.write(session, state.weights);
    built.settled.forget();
    await built.settled.update(session);
    await built.optimizer.write(session, state.optimizer);
    step = state.step;
  }
  const queue = turns("Cannot compute: the engine has been disposed of. Make a new one.");
  const imported = queue.next(() => {
    template.refuseStrangers();
    return importState({ weights: template.lend(), optimizer: new Map(), step: 0 });
  });
  // Whoever uses the engine first hears of a failure; nobody need use it.
  imported.catch(() => {});

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return queue.next(async () => {
      await imported;
      template.refuseStrangers();
      return await work();
    });
  }

  function fed(batch: GraphBatch): NativeTensor[] {
    const { rate, epsilon, decay } = rateValues(optimizer, { batch, step: step + 1 });
    scalars.noiseKey.int32[0] = batch.noiseKey;
    scalars.rate.float32[0] = rate;
    scalars.epsilon.float32[0] = epsilon;
    scalars.decay.float32[0] = decay;
    return [
      buffers.images.filled(batch.images),
      buffers.targets.filled(batch.targets),
      buffers.weights.filled(batch.weights),
      scalars.noiseKey,
      scalars.rate,
      scalars.epsilon,
      scalars.decay,
    ];
  }

  async function readState(): Promise<EngineState> {
    const weights = await built.network.read(session);
    return { weights, optimizer: await built.optimizer.read(session), step };
  }

  function free(): void {
    session.close();
    built.graph.delete();
    [...Object.values(buffers), ...Object.values(scalars)].forEach((buffer) => buffer.delete());
  }

  return {
    kind: "graph",
    threads: backend.threads,
    step: (batch) =>
      inTurn(async () => {
        const [loss, correct] = await train(fed(batch));
        step++;
        const result = { loss: loss.float32[0], correct: correct.float32[0] };
        loss.delete();
        correct.delete();
        return result;
      }),
    forward: (bytes, { output = "logits", noiseKey: key } = {}) =>
      inTurn(() => {
        if (key !== undefined) scalars.noiseKey.int32[0] = key;
        return passes.run({
          place: placeOf(plan, { output, featureLayer }),
          images: buffers.images.filled(bytes),
          noiseKey: key === undefined ? undefined : scalars.noiseKey,
        });
      }),
    gradients: (batch) =>
      inTurn(async () => {
        const tensors = await differentiate(fed(batch));
        const named = [...built.gradients.keys()].map((name, place): [string, HostTensor] => {
          const { shape, float32 } = tensors[place];
          return [name, { shape, data: float32.slice() }];
        });
        tensors.forEach((tensor) => tensor.delete());
        return new Map(named);
      }),
    readState: () => inTurn(readState),
    writeState: (state) =>
      inTurn(() => {
        template.check(state.weights);
        return importState(state);
      }),
    dispose: () =>
      queue.end(async () => {
        try {
          await imported;
          template.refuseStrangers();
          template.write(await built.network.read(session));
        } finally {
          free();
        }
      }),
  };
}
