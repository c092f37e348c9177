import { z } from "zod";

const photoSetSchema = z.strictObject({
  /** What {@linkcode loadDataset} calls it. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  homepage: z.url(),
  licence: z.string(),
  citation: z.string(),
  classes: z.int().min(2),
  /** Photos in these classes. */
  images: z.int().positive(),
  /** Folders, within a data folder, that may hold the class folders or the parts. Downloads go to the first. */
  folders: z.array(z.string()).min(1),
  archive: z.strictObject({
    name: z.string().regex(/^[\w.-]+\.(tar|tar\.gz|zip)$/),
    addresses: z.array(z.url()).min(1),
    /** Size and sum, where the publisher gives them: an archive made on demand has none. */
    bytes: z.int().positive().optional(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).optional(),
    md5: z.string().regex(/^[0-9a-f]{32}$/).optional(),
    /** The archive within the archive that holds the photos. */
    inner: z.string().optional(),
  }),
});

/** What the catalogue says of a dataset that is a folder of photos. */
export type PhotoSet = z.infer<typeof photoSetSchema>;

/**
 * The datasets of photos that {@linkcode loadDataset} knows by name. Sums: Caltech-101's from TensorFlow Datasets, that of
 * Caltech-256 from torchvision, which has its MD5 only.
 */
export const photoCatalogue: readonly PhotoSet[] = z.array(photoSetSchema).parse(
  [
    {
      name: "clothing-dataset-small",
      title: "Clothing dataset, its ten most frequent classes: photos of clothes, in train, validation and test",
      homepage: "https://github.com/alexeygrigorev/clothing-dataset-small",
      licence: "CC0",
      citation: "Grigorev: Clothing dataset. 2020",
      classes: 10,
      images: 3_781,
      folders: ["clothing-dataset-small", "clothing-dataset-small-master"],
      archive: {
        name: "clothing-dataset-small.zip",
        addresses: ["https://github.com/alexeygrigorev/clothing-dataset-small/archive/refs/heads/master.zip"],
      },
    },
    {
      name: "caltech-101",
      title: "Caltech-101: photos of objects",
      homepage: "https://data.caltech.edu/records/mzrjq-6wc02",
      licence: "CC BY 4.0",
      citation: "Li, Andreeto, Ranzato, Perona: Caltech 101. CaltechDATA, 2022. doi:10.22002/D1.20086",
      classes: 101,
      images: 8_677,
      folders: ["caltech-101", "caltech101/101_ObjectCategories", "101_ObjectCategories"],
      archive: {
        name: "caltech-101.zip",
        addresses: ["https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip?download=1"],
        bytes: 137_414_764,
        sha256: "331234750fc7f77520e50d9565e8b6907b03565e30320da1401130db08c61f91",
        inner: "101_ObjectCategories.tar.gz",
      },
    },
    {
      name: "caltech-256",
      title: "Caltech-256: photos of objects",
      homepage: "https://data.caltech.edu/records/nyy15-4j048",
      licence: "CC BY 4.0",
      citation: "Griffin, Holub, Perona: Caltech 256. CaltechDATA, 2022. doi:10.22002/D1.20087",
      classes: 256,
      images: 29_780,
      folders: ["caltech-256", "caltech256/256_ObjectCategories", "256_ObjectCategories"],
      archive: {
        name: "256_ObjectCategories.tar",
        addresses: ["https://data.caltech.edu/records/nyy15-4j048/files/256_ObjectCategories.tar?download=1"],
        bytes: 1_183_006_720,
        md5: "67b4f42ca05d46448c6bb8ecd2220f6d",
      },
    },
  ] satisfies PhotoSet[],
);
