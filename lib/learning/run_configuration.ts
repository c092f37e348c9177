import { createHash } from "node:crypto";
import { engineSupport } from "../runtime/engine/c_api.ts";
import { backend } from "../runtime/tensorflow.ts";
import type { Examples, UnlabelledExamples } from "./examples.ts";
import { instancesOf } from "./examples.ts";
import { instanceCount, isMatrix } from "./instances.ts";
import type { InitialChoice, LoopOptions } from "./loop_options.ts";
import { settledRelabelling } from "./relabelling.ts";
import { numbersOf } from "./round.ts";
import type { EstimatorRecipe } from "./estimator.ts";

/**
 * Everything that decides a run's numbers, resolved, as plain JSON: what is learnt about, by what, from whom, with which
 * settings; and what computes. Two runs of one configuration are equal to the last bit.
 */
export async function runConfiguration(options: LoopOptions): Promise<unknown> {
  const { pool, oracle, strategy, random, initial = { size: 100 }, validation, test, embeddings } = options;
  const model = await (options.estimator as EstimatorRecipe).make(random.child("describe"));
  try {
    return plain({
      format: 1,
      pool: describeExamples(pool),
      validation: validation && describeHeldOut(validation),
      // By its checksum alone: the test set is not read before the first round has been settled.
      test: test && describeUnread(test),
      embeddings,
      estimator: { name: options.estimator.name, ...(model.describe && { details: model.describe() }) },
      oracle: oracle.describe,
      strategy: describeStrategy(strategy),
      random: random.state,
      initial: describeInitial(initial),
      batchSize: options.batchSize ?? 100,
      budget: options.budget,
      stop: options.stop?.map(({ name, options }) => ({ name, options })),
      stopSetSize: options.stopSetSize ?? 2000,
      training: options.training ?? "scratch",
      candidates: options.candidates,
      dropoutPasses: options.dropoutPasses ?? 20,
      relabel: options.relabel && settledRelabelling(options.relabel),
      machine: {
        engine: engineSupport().available ? "graph" : "eager",
        backend: backend.name,
        library: backend.library,
        device: backend.device,
        threads: backend.threads,
        precision: "float32",
      },
    });
  } finally {
    await model.dispose?.();
  }
}

/** The name of a run: the SHA-256 of its configuration with keys in order, hexadecimal. */
export function runName(configuration: unknown): string {
  return createHash("sha256").update(JSON.stringify(configuration)).digest("hex");
}

function describeStrategy({ name, options }: LoopOptions["strategy"]): unknown {
  return { name, options };
}

function describeInitial(initial: InitialChoice): unknown {
  if ("rounds" in initial) return { rounds: initial.rounds.map(numbersOf) };
  const strategy = "by" in initial && typeof initial.by === "object" ? initial.by : undefined;
  return strategy ? { ...initial, by: describeStrategy(strategy) } : initial;
}

function describeUnread({ name, classNames, checksum }: UnlabelledExamples) {
  return { name, classNames, checksum };
}

function describeExamples(examples: UnlabelledExamples) {
  const instances = instancesOf(examples);
  return {
    ...describeUnread(examples),
    count: instanceCount(instances),
    ...(isMatrix(instances) ? { features: instances } : { shape: instances.shape }),
  };
}

function describeHeldOut(examples: Examples): unknown {
  return { ...describeExamples(examples), labels: examples.labels };
}

/** JSON with keys in order; numbers in bulk by their digest, functions by their text. */
function plain(value: unknown): unknown {
  if (typeof value === "function") return String(value);
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return createHash("sha256").update(bytes).digest("hex");
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([key, part]) => [key, plain(part)]));
}
