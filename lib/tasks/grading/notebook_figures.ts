import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { type Notebook, readNotebook } from "../notebook_file.ts";
import { largestFile } from "./submission_files.ts";

/** A place in a notebook where a figure is: one, or two side by side. */
export const FigurePair = z.strictObject({
  /** Counted among the cells with code, from 1. */
  cell: z.int().positive(),
  /** Names of PNG files. */
  claimed: z.string().nullable(),
  rerun: z.string().nullable(),
});

/** The figures of a notebook, in order. */
export const NotebookFigures = z.strictObject({ notebook: z.string(), pairs: z.array(FigurePair) });

/** The content of a {@linkcode NotebookFigures}. */
export type NotebookFigures = z.infer<typeof NotebookFigures>;

/** Where executed notebooks lie, and where their figures go. */
export interface CollectFiguresOptions {
  /** The folder of executed notebooks that were handed in. */
  readonly claimed: string;
  /** The folder of those that the grader has executed. */
  readonly rerun: string;
  /** Where the figures go. */
  readonly folder: string;
}

const mostFigures = 60;
const mostBytes = 4e6;

/**
 * Takes the figures out of a notebook as it was handed in and as it was executed again, and puts those together that
 * stand in the same place. They are strangers' files: nothing here decodes them.
 */
export async function collectFigures(
  notebooks: readonly { readonly name: string; readonly notebook: Notebook }[],
  { claimed, rerun, folder }: CollectFiguresOptions,
): Promise<NotebookFigures[]> {
  return await Promise.all(notebooks.map(async ({ name, notebook }, place) => {
    const handedIn = await executed(join(claimed, `${name}.ipynb`)) ?? notebook;
    const sides = { claimed: handedIn, rerun: await executed(join(rerun, `${name}.ipynb`)) };
    const pairs = new Map<string, { cell: number; claimed: string | null; rerun: string | null }>();
    for (const side of ["claimed", "rerun"] as const) {
      for (const { cell, number, bytes } of figuresIn(sides[side]).slice(0, mostFigures)) {
        const file = `${place + 1}-${cell}-${number}-${side}.png`;
        await writeFileAtomic(join(folder, file), bytes);
        const key = `${cell}-${number}`;
        pairs.set(key, { ...pairs.get(key) ?? { cell, claimed: null, rerun: null }, [side]: file });
      }
    }
    return { notebook: name, pairs: [...pairs.values()].sort((one, other) => one.cell - other.cell) };
  }));
}

interface Figure {
  readonly cell: number;
  /** Among those of its cell, from 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

async function executed(path: string): Promise<Notebook | undefined> {
  const { isFile, size } = await Deno.lstat(path).catch(() => ({ isFile: false, size: 0 }));
  if (!isFile || size > largestFile) return undefined;
  return await readNotebook(path).catch(() => undefined); // whoever mangles it has no figures
}

function figuresIn(notebook: Notebook | undefined): Figure[] {
  const cells = (notebook?.cells ?? []).filter(({ cell_type, source }) =>
    cell_type === "code" && [source].flat().join("").trim() !== ""
  );
  return cells.flatMap(({ outputs = [] }, place) =>
    outputs.flatMap((output) => {
      const bytes = pngIn(output.data);
      return bytes ? [bytes] : [];
    }).map((bytes, number) => ({ cell: place + 1, number: number + 1, bytes }))
  );
}

const bundleSchema = z.looseObject({ "image/png": z.union([z.string(), z.array(z.string())]) });
const signature = "89504e470d0a1a0a";

function pngIn(data: unknown): Uint8Array | undefined {
  const bundle = bundleSchema.safeParse(data);
  if (!bundle.success) return undefined;
  try {
    const bytes = Uint8Array.fromBase64([bundle.data["image/png"]].flat().join(""));
    return bytes.length <= mostBytes && bytes.subarray(0, 8).toHex() === signature ? bytes : undefined;
  } catch {
    return undefined; // no base64
  }
}
