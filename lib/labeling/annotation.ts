/** One person's answer about one item. */
export interface Annotation {
  /** Id of the item. */
  readonly item: number;
  /** Who answered. */
  readonly annotator: string;
  /** Index of the class. */
  readonly label: number;
}

/** The annotations of each item, in the order in which the items first appear. */
export function byItem(annotations: Iterable<Annotation>): Map<number, Annotation[]> {
  return Map.groupBy(annotations, ({ item }) => item);
}
