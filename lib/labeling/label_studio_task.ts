import { z } from "zod";
import { DataFormatError } from "../data/data_format_error.ts";

/** How a Label Studio project names its parts. */
export interface LabelStudioOptions {
  /** The field of `data` that holds the image; by default the one that looks like it. */
  readonly imageField?: string;
  /** The name of the `Choices` tag; by default the one that is most likely what the image shows. */
  readonly choices?: string;
  /** The classes, where they are known: of several tags, the one that names them is read. */
  readonly classNames?: readonly string[];
}

/** Who annotated, in the forms that Label Studio has for it. */
export const userSchema = z.union([
  z.number(),
  z.string(),
  z.looseObject({ id: z.number().optional(), email: z.string().nullish() }),
]);

interface Place {
  /** Of the file. */
  readonly name: string;
  /** Which task in it. */
  readonly place: number;
}

/**
 * A task of the shape of `schema`.
 *
 * @throws {DataFormatError} that names the place of what is wrong
 */
export function checkTask<T>(schema: z.ZodType<T>, value: unknown, { name, place }: Place): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [{ path, message }] = error.issues;
  const at = path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);
  throw new DataFormatError({
    file: name,
    rule: `${[`task ${place}`, ...path].join(".")}: ${message}`,
    value: JSON.stringify(at)?.slice(0, 80) ?? "nothing",
    remedy: "Export the project again.",
  });
}

const imageNames = ["image", "img", "picture", "photo", "image_url", "url"];

/**
 * What a task calls its image.
 *
 * @throws {DataFormatError} if there is none
 */
export function imageOf(
  data: Readonly<Record<string, unknown>>,
  { imageField, name, place }: Place & Pick<LabelStudioOptions, "imageField">,
): string {
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const looksRight = ([, text]: readonly [string, string]) =>
    /\.(jpe?g|png|gif|webp|bmp|tiff?|avif|heic)($|[?#&])|\/data\/|[?&]fileuri=|^data:image\//i.test(text);
  const isNamed = ([field]: readonly [string, string]) => imageNames.includes(field.toLowerCase());
  const image = imageField === undefined
    ? texts.find((entry) => isNamed(entry) && looksRight(entry)) ?? texts.find(looksRight) ?? texts.find(isNamed)
    : texts.find(([field]) => field === imageField);
  if (image !== undefined) return image[1];
  const rule = `task ${place} must name an image${imageField === undefined ? "" : ` in "${imageField}"`}`;
  const value = `the fields ${Object.keys(data).join(", ").slice(0, 80)}`;
  throw new DataFormatError({ file: name, rule, value, remedy: "Say which field it is with imageField." });
}

/** What an annotator is called: the address, or "annotator" with the number. */
export function nameOf(user: z.infer<typeof userSchema> | null | undefined): string {
  if (user === null || user === undefined || user === "") return "annotator";
  if (typeof user === "object") return user.email ?? `annotator ${user.id ?? ""}`.trim();
  return /^\d+$/.test(`${user}`) ? `annotator ${user}` : `${user}`;
}

/** When an annotation was made, and how long that took. */
export function timing(created: string | number | null | undefined, seconds: number | null | undefined) {
  const at = typeof created === "number" ? created * 1000 : Date.parse(created ?? "");
  return { ...!Number.isNaN(at) && { at }, ...seconds != null && { seconds } };
}
