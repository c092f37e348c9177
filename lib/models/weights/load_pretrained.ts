import { basename } from "node:path";
import type { Normalization } from "../../data/channel_statistics.ts";
import { DataFormatError } from "../../data/data_format_error.ts";
import type { ImageShape } from "../../data/dataset.ts";
import { isPlainFile } from "../../data/find_files.ts";
import type { Random } from "../../runtime/random.ts";
import { tf } from "../../runtime/tensorflow.ts";
import { type Architecture, normalizationFor, type Preprocessing, preprocessingFor } from "../architecture.ts";
import { architectureOf, architectures } from "../architectures.ts";
import { findWeights, type FindWeightsOptions } from "./find_weights.ts";
import { imageNetClasses } from "./imagenet_classes.ts";
import { loadWeights, type WeightsReport } from "./load_weights.ts";
import { readStateDict } from "./read_state_dict.ts";
import type { StateDict } from "./state_dict.ts";
import { namedAsTorchvision } from "./timm_vgg.ts";
import { weightCatalogue, type WeightsEntry, weightsEntryOf } from "./weight_catalogue.ts";

/** What {@linkcode loadPretrained} makes of the weights. */
export interface LoadPretrainedOptions extends FindWeightsOptions {
  /** The network that a file belongs to. Default: that of the catalogue, else what the file's name begins with. */
  readonly architecture?: string | Architecture;
  /** Classes of one's own. Default: those that the weights were trained for. */
  readonly classNames?: readonly string[];
  /**
   * The weights' own last layer, or a new one with random weights. Default: `"new"` where `classNames` are given, else
   * `"keep"`.
   */
  readonly head?: "keep" | "new";
  /** Of the images. Default: as the weights were tested, in colour. */
  readonly shape?: ImageShape;
  /** Of the new layers' weights; needed only for them. */
  readonly random?: Random;
}

/** A network with published weights, ready for a {@linkcode NetworkClassifier}. The caller disposes of the network. */
export interface Pretrained {
  readonly network: tf.LayersModel;
  readonly architecture: Architecture;
  readonly featureLayer: string;
  readonly classNames: readonly string[];
  /** How photos are brought to the network: as its weights were tested, in its own size. */
  readonly preprocessing: Preprocessing;
  readonly normalization: Normalization;
  /** What was loaded, and what was not. */
  readonly report: WeightsReport;
  /** The file that the weights came from. */
  readonly path: string;
  /** What is published of them, if they are of the catalogue. */
  readonly entry?: WeightsEntry;
}

/**
 * A network with pretrained weights: by a name of the {@linkcode weightCatalogue}, searched for in the data folders and
 * their `weights/` and downloaded if need be; or from a file, whichever of the formats that {@linkcode readStateDict} knows.
 * The weights must fit the network exactly.
 *
 * @throws {RangeError} if it is neither a name nor a file, the network of a file is not known, or the weights do not fit
 * @throws {DataFormatError} if the file is damaged, or not the one that was published
 * @throws {DownloadError} if the weights are nowhere to be had; the message says which file to put where by hand
 *
 * @example
 * ```ts ignore
 * import { loadPretrained, NetworkClassifier, Random } from "curio";
 *
 * const classifier = new NetworkClassifier(await loadPretrained("resnet18"));
 * const trainable = await loadPretrained("resnet18", { classNames: ["cat", "dog"], random: new Random(1) });
 * ```
 */
export async function loadPretrained(weights: string, options: LoadPretrainedOptions = {}): Promise<Pretrained> {
  const { classNames, head = classNames === undefined ? "keep" : "new", random } = options;
  const named = weightCatalogue.get(weights);
  const path = named ? await findWeights(named, options) : weights;
  const entry = named ?? weightsEntryOf(basename(path));
  const architecture = await architectureFor(path, { entry, ...options });
  const state = namedAsTorchvision(await readStateDict(path));
  const lacks = entry?.architecture === architecture.name && entry.file === basename(path) ? entry.lacks : [];
  const fresh = head === "new" ? [...new Set([...lacks, architecture.headLayer])] : [...lacks];
  if (fresh.length > 0 && random === undefined) {
    throw new TypeError(
      `Cannot load ${weights}: new layers (${
        fresh.join(", ")
      }) must have a source of random weights: current value is ` +
        "none. Give random: new Random(1), for example.",
    );
  }
  const names = classNames ?? namesFor(classesIn(state, { path, architecture }));
  const tested = entry?.preprocessing ?? architecture.preprocessing;
  const shape = options.shape ?? { height: tested.crop, width: tested.crop, channels: 3 };
  const preprocessing = preprocessingFor(tested, shape);
  const network = architecture.build({ shape, classes: names.length });
  try {
    const { namePrefix } = architecture;
    const report = await loadWeights(network, state, { namePrefix, leave: fresh });
    if (random) initialise(network, { layers: fresh, random });
    const { featureLayer } = architecture;
    const normalization = normalizationFor(preprocessing, shape.channels);
    return {
      ...{ network, architecture, featureLayer, classNames: names, preprocessing, normalization, report, path },
      ...entry && { entry },
    };
  } catch (error) {
    network.dispose();
    throw error;
  }
}

async function architectureFor(
  path: string,
  { entry, architecture }: { entry?: WeightsEntry; architecture?: string | Architecture },
): Promise<Architecture> {
  if (!await isPlainFile(path)) {
    throw new RangeError(
      `Cannot load pretrained weights: there must be a file of that path, or a name of the catalogue ` +
        `(${[...weightCatalogue.keys()].join(", ")}): current value is "${path}"`,
    );
  }
  if (typeof architecture === "object") return architecture;
  if (architecture !== undefined) return architectureOf(architecture);
  if (entry) return architectureOf(entry.architecture);
  const named = [...architectures.keys()].filter((name) => basename(path).startsWith(name));
  const longest = named.sort((one, other) => other.length - one.length)[0];
  if (longest !== undefined) return architectureOf(longest);
  throw new RangeError(
    `Cannot tell which network ${path} belongs to: its name must begin with one of ` +
      `${[...architectures.keys()].join(", ")}: current value is "${
        basename(path)
      }". Say it: architecture: "resnet18".`,
  );
}

/** How many classes the weights' own head has. */
function classesIn(state: StateDict, { path, architecture }: { path: string; architecture: Architecture }): number {
  const { headLayer, namePrefix = "" } = architecture;
  const bias = state.get(`${namePrefix}${headLayer}.bias`) ?? state.get(`${headLayer}/bias`);
  const classes = bias?.shape.length === 1 ? bias.shape[0] : 0;
  if (classes > 0 && classes <= 1e6) return classes;
  throw new DataFormatError({
    file: path,
    rule:
      `as weights of ${architecture.name} it must have a bias for its head, "${headLayer}", with a number for each class`,
    value: bias ? `one of shape [${bias.shape}]` : `none among ${[...state.keys()].slice(0, 3).join(", ")}, …`,
    remedy:
      "Name the network that the weights belong to (architecture), or your own classes (classNames) for a new head.",
  });
}

function namesFor(classes: number): readonly string[] {
  return classes === imageNetClasses.length
    ? imageNetClasses
    : Array.from({ length: classes }, (_, index) => `class ${index}`);
}

/** Kernels as Glorot and Bengio (2010, eq. 16) have them; biases stay 0. */
function initialise(
  network: tf.LayersModel,
  { layers, random }: { readonly layers: readonly string[]; readonly random: Random },
): void {
  for (const name of layers) {
    const kernel = network.getLayer(name).weights.find(({ originalName }) => originalName.endsWith("/kernel"))!;
    const value = tf.initializers.glorotUniform({ seed: random.child(name).uint32() }).apply(kernel.shape);
    kernel.write(value);
    value.dispose();
  }
}
