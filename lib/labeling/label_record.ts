/** What somebody answered about an image, as files of labels hold it: by names and paths, not by numbers. */
export interface LabelRecord {
  /** The image: a path with forward slashes, decoded, as far as it is known. */
  readonly path: string;
  readonly kind: "label" | "unsure" | "skip";
  /** Names of classes: one with `label`, several where a file allows it, none otherwise. */
  readonly labels: readonly string[];
  readonly annotator: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
  /** How long it took. */
  readonly seconds?: number;
  /** Whether it is known to be right. */
  readonly gold?: boolean;
}

/** What a model believed about an image. */
export interface GuessRecord {
  readonly path: string;
  readonly label: string;
  /** 0…1 */
  readonly confidence?: number;
}

/** What a file of labels holds. */
export interface LabelFile {
  /** In the order in which they first appear, or in that of the file's own list. */
  readonly classNames: readonly string[];
  /** All images, also those without an answer. */
  readonly paths: readonly string[];
  readonly records: readonly LabelRecord[];
  readonly guesses: readonly GuessRecord[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/** A file's content with the classes and paths that its records name. */
export function labelFile(
  { records, classNames = [], paths = [], guesses = [], notes = [] }: Pick<LabelFile, "records"> & Partial<LabelFile>,
): LabelFile {
  const named = [...records.flatMap(({ labels }) => labels), ...guesses.map(({ label }) => label)];
  return {
    classNames: [...new Set([...classNames, ...named])],
    paths: [...new Set([...paths, ...records.map(({ path }) => path)])],
    ...{ records, guesses, notes },
  };
}
