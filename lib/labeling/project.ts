import { z } from "zod";

const name = z.string().trim().min(1).max(200);

/** The most classes that a page can offer to a person. */
export const mostClasses = 2000;

/** What is being labelled, and how. */
export const projectSchema = z.object({
  title: name,
  /** In the order of their indices. */
  classNames: z.array(name).min(1, "there must be at least one class")
    .max(mostClasses, `there may be at most ${mostClasses} classes`)
    .refine((names) => new Set(names).size === names.length, "class names must differ"),
  /** How many people answer for each item. */
  overlap: z.int().min(1).max(100),
  /** Whether the model's guess is shown before the answer: it biases. */
  showGuess: z.boolean(),
});

/** What is being labelled, and how. */
export type Project = Readonly<z.infer<typeof projectSchema>>;

/** What can be said of a new or a known project; what is left out stays as it is. */
export interface ProjectOptions {
  /** In the order of their indices. Later more may be added behind, never others. */
  readonly classNames?: readonly string[];
  /** Default: "Labels". */
  readonly title?: string;
  /** How many people answer for each item; 1 by default. */
  readonly overlap?: number;
  /** Whether the model's guess is shown before the answer: it biases; no by default. */
  readonly showGuess?: boolean;
}

/**
 * A project out of what is asked for and what was there before.
 *
 * @throws {RangeError} if something is out of bounds, or the classes are not those of before with more behind
 */
export function settleProject(asked: ProjectOptions, before: Project | undefined): Project {
  const merged = { title: "Labels", overlap: 1, showGuess: false, classNames: [], ...before, ...defined(asked) };
  const { data, error } = projectSchema.safeParse(merged);
  if (error !== undefined) {
    const [{ path, message }] = error.issues;
    const value = path.length === 0 ? merged : path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), merged);
    const current = Array.isArray(value) ? `${value.length} classes` : JSON.stringify(value)?.slice(0, 80);
    throw new RangeError(`Cannot label: ${path.join(".")}: ${message}: current value is ${current}.`);
  }
  const changed = before?.classNames.findIndex((className, index) => data.classNames[index] !== className) ?? -1;
  if (changed >= 0) {
    const rule = `the store holds labels of class ${changed}, "${before!.classNames[changed]}"; classes are only added`;
    const remedy = "Keep the classes and their order, or name another store.";
    throw new RangeError(
      `Cannot label: ${rule}: current value is ${JSON.stringify(data.classNames[changed])}. ${remedy}`,
    );
  }
  return data;
}

function defined<T extends object>(options: T): Partial<T> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
