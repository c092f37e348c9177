import { tf } from "../../runtime/tensorflow.ts";
import { type PublishedWeight, publishedWeights, shapeInFile, type WeightNaming } from "./published_weights.ts";
import type { StateDict, StateTensor } from "./state_dict.ts";

/** How {@linkcode loadWeights} maps a file onto a network. */
export interface LoadWeightsOptions {
  /** Whose names the file has. Default: those under which most of the network's weights are found. */
  readonly naming?: WeightNaming;
  /** What stands before every name in a file of `torch` naming: `Architecture.namePrefix`. Default: nothing. */
  readonly namePrefix?: string;
  /** Layers that keep the weights they have, such as a head for other classes. Default: none. */
  readonly leave?: readonly string[];
  /** Whether to refuse a file that does not fit exactly. Default: true. */
  readonly strict?: boolean;
}

/** What {@linkcode loadWeights} did, in the file's names. */
export interface WeightsReport {
  readonly naming: WeightNaming;
  readonly loaded: readonly string[];
  /** What the network has and the file lacks. */
  readonly missing: readonly string[];
  /** What the file has and the network has no place for. */
  readonly unexpected: readonly string[];
  /** What has another shape in the file; not loaded. */
  readonly mismatched: readonly {
    readonly name: string;
    readonly network: number[];
    readonly file: readonly number[];
  }[];
  /** What belongs to layers that were to be left. */
  readonly left: readonly string[];
}

/** Counts batches in PyTorch's batch norms; nothing depends on it. */
const counter = /(^|\.)num_batches_tracked$/;

/**
 * Gives a network the weights of a file, by name, each in the layout that the network wants.
 *
 * A file fits if it has every weight of the network, in its shape, and nothing else, the layers in `leave` and PyTorch's
 * `num_batches_tracked` aside. With `strict: false` what fits is loaded. Where anything is refused, the network stays as
 * it was.
 *
 * @returns exactly what was and was not loaded
 * @throws {RangeError} with that report in words, if the file does not fit
 * @throws {DataFormatError} naming the tensor, if a number in it is not finite, or the file has changed
 *
 * @example
 * ```ts
 * import { cifarResnet, loadWeights, Random, readStateDict, saveWeights } from "curio";
 * import assert from "node:assert/strict";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const path = `${Deno.makeTempDirSync()}/resnet8.safetensors`;
 * const trained = cifarResnet({ depth: 8, shape, classes: 10, random: new Random(1) });
 * await saveWeights(trained, path, { naming: "torch" });
 *
 * const network = cifarResnet({ depth: 8, shape, classes: 2, random: new Random(2) });
 * const report = await loadWeights(network, await readStateDict(path), { leave: ["linear"] });
 * assert.equal(report.loaded.length, 35); // seven convolutions, seven batch norms of four weights
 * assert.deepEqual(report.left, ["linear.weight", "linear.bias"]);
 * trained.dispose();
 * network.dispose();
 * ```
 */
export async function loadWeights(
  network: tf.LayersModel,
  state: StateDict,
  { namePrefix, naming = likeliestNaming(network, { state, namePrefix }), leave = [], strict = true }:
    LoadWeightsOptions = {},
): Promise<WeightsReport> {
  const all = publishedWeights(network, { naming, namePrefix });
  for (const layer of leave) network.getLayer(layer);
  const [left, wanted] = [true, false].map((isLeft) => all.filter(({ layer }) => leave.includes(layer) === isLeft));
  const present = wanted.filter(({ name }) => state.has(name));
  const fits = (weight: PublishedWeight) => state.get(weight.name)?.shape.join() === shapeInFile(weight).join();
  const fitting = present.filter(fits);
  const known = new Set(all.map(({ name }) => name));
  const report: WeightsReport = {
    naming,
    loaded: fitting.map(({ name }) => name),
    missing: wanted.filter(({ name }) => !state.has(name)).map(({ name }) => name),
    unexpected: [...state.keys()].filter((name) => !known.has(name) && !counter.test(name)),
    mismatched: present.filter((weight) => !fits(weight)).map((weight) => ({
      name: weight.name,
      network: shapeInFile(weight),
      file: state.get(weight.name)!.shape,
    })),
    left: left.map(({ name }) => name),
  };
  const { missing, unexpected, mismatched } = report;
  if (strict && missing.length + unexpected.length + mismatched.length > 0) {
    throw new RangeError(
      `Cannot load the weights into ${network.name}: they must fit it exactly: ${reportText(report)}. ` +
        "Build the network that they belong to, leave the layers that are meant to differ (leave: [...]), or load what " +
        "fits with strict: false.",
    );
  }
  // All are read before the first is written, since any may prove damaged.
  const values: tf.Tensor[] = [];
  try {
    for (const weight of fitting) values.push(await valueOf(weight, state.get(weight.name)!));
    fitting.forEach(({ variable }, place) => variable.write(values[place]));
  } finally {
    tf.dispose(values);
  }
  return report;
}

/** The numbers of the file in the network's layout. */
async function valueOf({ axes }: PublishedWeight, tensor: StateTensor): Promise<tf.Tensor> {
  const numbers = await tensor.read();
  return tf.tidy(() => tf.tensor(numbers, [...tensor.shape]).transpose([...axes]));
}

/** A report in one sentence. */
export function reportText({ loaded, missing, unexpected, mismatched, left }: WeightsReport): string {
  const parts = [
    `${loaded.length} loaded`,
    listed("missing", missing),
    listed("unexpected", unexpected),
    listed(
      "of another shape",
      mismatched.map(({ name, network, file }) => `${name} ([${file}] in the file, [${network}] in the network)`),
    ),
    listed("left as they were", left),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > 6 ? `, and ${names.length - 6} more` : "";
  return `${names.length} ${what}: ${names.slice(0, 6).join(", ")}${more}`;
}

function likeliestNaming(
  network: tf.LayersModel,
  { state, namePrefix }: { state: StateDict; namePrefix?: string },
): WeightNaming {
  const found = (naming: WeightNaming) =>
    publishedWeights(network, { naming, namePrefix }).filter(({ name }) => state.has(name)).length;
  const namings = ["torch", "curio", "keras"] as const;
  return namings.reduce((best, naming) => found(naming) > found(best) ? naming : best);
}
