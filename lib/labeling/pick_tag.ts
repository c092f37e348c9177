import type { LabelStudioOptions } from "./label_studio_task.ts";

/**
 * Which of several tags of a Label Studio project says what an image shows: the one that was asked for, or else the one
 * that names most of the known classes, then one that was given several choices at once, then one that is called like a
 * class, then the one whose values come again most often; the first of those that are equal.
 *
 * @param values of each tag, what it was given each time
 */
export function pickTag(
  values: ReadonlyMap<string, readonly (readonly string[])[]>,
  { choices, classNames = [] }: Pick<LabelStudioOptions, "choices" | "classNames"> = {},
): string | undefined {
  if (choices !== undefined) return choices;
  const known = new Set(classNames);
  const scores = [...values].map(([tag, lists]) => {
    const all = lists.flat();
    return {
      tag,
      by: [
        all.filter((value) => known.has(value)).length,
        Number(lists.some(({ length }) => length > 1)),
        Number(/choice|class|categor|label/i.test(tag)),
        all.length - new Set(all).size,
      ],
    };
  });
  const later = (a: readonly number[], b: readonly number[]) => {
    const place = a.findIndex((score, index) => score !== b[index]);
    return place < 0 ? 0 : b[place] - a[place];
  };
  return scores.sort((a, b) => later(a.by, b.by))[0]?.tag;
}
