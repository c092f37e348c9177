import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileName = z.string().regex(/^[\w.-]+$/);

const contentFile = z.strictObject({
  /** The publisher's name for it, without `.gz`. */
  name: fileName,
  /** Size of the content, after decompression. */
  bytes: z.int().positive(),
  /**
   * SHA-256 of the content; left out where no copy was at hand to take it from. Such content is protected by the sum of
   * its source when it is downloaded, and by the `SHA256SUMS` written beside it from then on.
   */
  sha256: sha256.optional(),
});

const sourceFile = z.strictObject({
  /** What to name it when it is put in place by hand. */
  name: fileName,
  /** Where it is published: the canonical address, then mirrors. */
  addresses: z.array(z.url()).min(1),
  bytes: z.int().positive(),
  sha256,
});

const partSchema = z.strictObject({
  count: z.int().positive(),
  /** Names out of `files`: images and labels (IDX), or the batches in order (CIFAR). */
  files: z.array(fileName).min(1),
});

/** What the catalogue says of one dataset. */
export const catalogueEntrySchema = z.strictObject({
  /** What {@linkcode loadDataset} calls it. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  homepage: z.url(),
  licence: z.string(),
  citation: z.string(),
  classNames: z.array(z.string().min(1)).min(2).max(256),
  shape: z.strictObject({
    height: z.int().positive(),
    width: z.int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  format: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("idx"), firstLabel: z.int().optional(), transposed: z.boolean().optional() }),
    z.strictObject({
      kind: z.literal("cifar"),
      labelBytes: z.union([z.literal(1), z.literal(2)]),
      labelByte: z.union([z.literal(0), z.literal(1)]),
      /** The file that lists the class names, one a line; checked where it is there. */
      namesFile: fileName,
    }),
  ]),
  /** Folders, within a data folder, that may hold the files. Downloads go to the first. */
  folders: z.array(z.string()).min(1),
  files: z.array(contentFile).min(1),
  train: partSchema,
  test: partSchema,
  /** What is downloaded: each file gzipped, or one archive that holds them all. */
  sources: z.array(sourceFile).min(1),
  /** A Debian package that holds the files (gzipped), for where only a Debian mirror can be reached. */
  debianPackage: z.string().optional(),
}).check(({ value: { files, train, test }, issues }) => {
  const known = new Set(files.map(({ name }) => name));
  for (const file of [...train.files, ...test.files]) {
    if (!known.has(file)) {
      issues.push({ code: "custom", message: `${file} is not among the entry's files`, input: file, path: ["files"] });
    }
  }
});

/** What the catalogue says of one dataset: names, sizes, sums, addresses, licence. */
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const upperCase = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** The four IDX files of MNIST and of what is laid out like it. */
function mnistLike(
  { sums, sources, hosts }: {
    /** SHA-256 of the contents: training images, training labels, test images, test labels. */
    sums?: readonly [string, string, string, string];
    /** Size and SHA-256 of the gzipped files, in the same order. */
    sources: readonly (readonly [bytes: number, sha256: string])[];
    hosts: readonly string[];
  },
): Pick<CatalogueEntry, "shape" | "files" | "train" | "test" | "sources"> {
  const names = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ];
  const sizes = [16 + 60_000 * 784, 8 + 60_000, 16 + 10_000 * 784, 8 + 10_000];
  return {
    shape: { height: 28, width: 28, channels: 1 },
    files: names.map((name, place) => ({ name, bytes: sizes[place], sha256: sums?.[place] })),
    train: { count: 60_000, files: names.slice(0, 2) },
    test: { count: 10_000, files: names.slice(2) },
    sources: names.map((name, place) => ({
      name: `${name}.gz`,
      addresses: hosts.map((host) => `${host}${name}.gz`),
      bytes: sources[place][0],
      sha256: sources[place][1],
    })),
  };
}

/** One of EMNIST's splits; all lie gzipped in one archive. */
function emnist(
  { split, train, test }: { split: string; train: number; test: number },
): Pick<
  CatalogueEntry,
  "homepage" | "licence" | "citation" | "shape" | "folders" | "files" | "train" | "test" | "sources"
> {
  const partOf = (part: string, count: number) => ({
    count,
    files: [`emnist-${split}-${part}-images-idx3-ubyte`, `emnist-${split}-${part}-labels-idx1-ubyte`],
  });
  const parts = [partOf("train", train), partOf("test", test)];
  return {
    homepage: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
    licence: "none stated; NIST's works are in the public domain in the United States",
    citation: "Cohen, Afshar, Tapson, van Schaik: EMNIST: an extension of MNIST to handwritten letters. IJCNN 2017",
    shape: { height: 28, width: 28, channels: 1 },
    folders: ["emnist", "EMNIST/raw", "emnist/gzip"],
    files: parts.flatMap(({ count, files: [images, labels] }) => [
      { name: images, bytes: 16 + count * 784 },
      { name: labels, bytes: 8 + count },
    ]),
    train: parts[0],
    test: parts[1],
    sources: [{
      name: "gzip.zip",
      addresses: [
        "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/gzip.zip",
      ],
      bytes: 561_753_746,
      sha256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    }],
  };
}

const cifarCitation = "Krizhevsky: Learning multiple layers of features from tiny images. University of Toronto, 2009";
const cifarHomepage = "https://www.cs.toronto.edu/~kriz/cifar.html";
const cifarShape = { height: 32, width: 32, channels: 3 } as const;

const cifar100: Omit<CatalogueEntry, "name" | "title" | "classNames" | "format"> = {
  homepage: cifarHomepage,
  licence: "none stated; the authors ask to be cited",
  citation: cifarCitation,
  shape: cifarShape,
  folders: ["cifar-100", "cifar-100-binary", "cifar-100/cifar-100-binary"],
  files: [{ name: "train.bin", bytes: 50_000 * 3074 }, { name: "test.bin", bytes: 10_000 * 3074 }],
  train: { count: 50_000, files: ["train.bin"] },
  test: { count: 10_000, files: ["test.bin"] },
  sources: [{
    name: "cifar-100-binary.tar.gz",
    addresses: ["https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"],
    bytes: 168_513_733,
    sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
  }],
};

// deno-fmt-ignore
const cifar100Fine = [
  "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
  "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
  "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
  "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
  "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
  "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
  "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
  "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
  "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
  "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
];

const cifar100Coarse = [
  "aquatic_mammals",
  "fish",
  "flowers",
  "food_containers",
  "fruit_and_vegetables",
  "household_electrical_devices",
  "household_furniture",
  "insects",
  "large_carnivores",
  "large_man-made_outdoor_things",
  "large_natural_outdoor_scenes",
  "large_omnivores_and_herbivores",
  "medium_mammals",
  "non-insect_invertebrates",
  "people",
  "reptiles",
  "small_mammals",
  "trees",
  "vehicles_1",
  "vehicles_2",
];

const cifar10Batches = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);

/** The datasets that {@linkcode loadDataset} knows by name. */
export const catalogue: readonly CatalogueEntry[] = z.array(catalogueEntrySchema).parse(
  [
    {
      name: "mnist",
      title: "MNIST: handwritten digits",
      homepage: "http://yann.lecun.com/exdb/mnist/",
      licence: "CC BY-SA 3.0",
      citation: "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition. " +
        "Proceedings of the IEEE, 1998",
      classNames: digits,
      format: { kind: "idx" },
      folders: ["mnist", "MNIST/raw"],
      ...mnistLike({
        sums: [
          "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
          "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
          "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
        sources: [
          [9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
          [28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
          [1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
          [4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
        ],
        hosts: [
          "https://storage.googleapis.com/cvdf-datasets/mnist/",
          "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ],
      }),
    },
    {
      name: "fashion-mnist",
      title: "Fashion-MNIST: photos of clothes",
      homepage: "https://github.com/zalandoresearch/fashion-mnist",
      licence: "MIT",
      citation: "Xiao, Rasul, Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning " +
        "algorithms. arXiv:1708.07747, 2017",
      classNames: [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
      ],
      format: { kind: "idx" },
      folders: ["fashion-mnist", "FashionMNIST/raw"],
      ...mnistLike({
        sums: [
          "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
          "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
          "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
          "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ],
        sources: [
          [26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"],
          [29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"],
          [4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"],
          [5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
        ],
        hosts: [
          "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ],
      }),
      debianPackage: "dataset-fashion-mnist",
    },
    {
      name: "kmnist",
      title: "Kuzushiji-MNIST: cursive Japanese characters",
      homepage: "https://github.com/rois-codh/kmnist",
      licence: "CC BY-SA 4.0",
      citation:
        "Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha: Deep learning for classical Japanese literature. " +
        "arXiv:1812.01718, 2018",
      classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
      format: { kind: "idx" },
      folders: ["kmnist", "KMNIST/raw"],
      ...mnistLike({
        sources: [
          [18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"],
          [29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"],
          [3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"],
          [5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
        ],
        hosts: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
      }),
    },
    {
      name: "emnist-balanced",
      title: "EMNIST Balanced: handwritten digits and letters, look-alike letters merged",
      classNames: [...digits, ...upperCase, ..."abdefghnqrt"],
      format: { kind: "idx", transposed: true },
      ...emnist({ split: "balanced", train: 112_800, test: 18_800 }),
    },
    {
      name: "emnist-letters",
      title: "EMNIST Letters: handwritten letters, upper and lower case merged",
      classNames: upperCase,
      format: { kind: "idx", transposed: true, firstLabel: 1 },
      ...emnist({ split: "letters", train: 124_800, test: 20_800 }),
    },
    {
      name: "cifar-10",
      title: "CIFAR-10: tiny colour photos of animals and vehicles",
      homepage: cifarHomepage,
      licence: "none stated; the authors ask to be cited",
      citation: cifarCitation,
      classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
      shape: cifarShape,
      format: { kind: "cifar", labelBytes: 1, labelByte: 0, namesFile: "batches.meta.txt" },
      folders: ["cifar-10", "cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin"],
      files: [...cifar10Batches, "test_batch.bin"].map((name) => ({ name, bytes: 10_000 * 3073 })),
      train: { count: 50_000, files: cifar10Batches },
      test: { count: 10_000, files: ["test_batch.bin"] },
      sources: [{
        name: "cifar-10-binary.tar.gz",
        addresses: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
        bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      }],
    },
    {
      name: "cifar-100",
      title: "CIFAR-100: tiny colour photos in 100 classes",
      classNames: cifar100Fine,
      format: { kind: "cifar", labelBytes: 2, labelByte: 1, namesFile: "fine_label_names.txt" },
      ...cifar100,
    },
    {
      name: "cifar-100-coarse",
      title: "CIFAR-100 by its 20 superclasses",
      classNames: cifar100Coarse,
      format: { kind: "cifar", labelBytes: 2, labelByte: 0, namesFile: "coarse_label_names.txt" },
      ...cifar100,
    },
  ] satisfies CatalogueEntry[],
);

/**
 * What the catalogue says of the dataset called `name`.
 *
 * @throws {RangeError} if there is none, naming those there are
 *
 * @example
 * ```ts
 * import { catalogueEntry } from "curio";
 * import assert from "node:assert/strict";
 *
 * const { licence, train, classNames } = catalogueEntry("fashion-mnist");
 * assert.deepEqual([licence, train.count, classNames[9]], ["MIT", 60_000, "Ankle boot"]);
 * ```
 */
export function catalogueEntry(name: string): CatalogueEntry {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry) return entry;
  const names = catalogue.map(({ name }) => name).join(", ");
  throw new RangeError(`Cannot find a dataset: its name must be one of ${names}: current value is "${name}"`);
}
