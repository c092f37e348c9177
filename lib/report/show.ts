import { Buffer } from "node:buffer";
import type { DataFrame } from "nodejs-polars";
import type { Figure } from "./figure.ts";
import { saveFigure } from "./save_figure.ts";
import { saveTable } from "./save_table.ts";
import { defaultScreen, type Output, type Screen } from "./screen.ts";
import { factTable, isFrame, renderTable, type Table, table } from "./table.ts";

/**
 * What {@linkcode show} can show: a figure, a table, a polars frame, an array of records (a table), a record (a table of
 * names and values), something that knows how to display itself in a Deno notebook, or something to be said in a line.
 */
export type Showable = Figure | Table | DataFrame | object | string | number | boolean;

/**
 * Shows figures, tables, polars frames, records and text, one below the other: in a notebook as pictures and tables, in
 * a terminal as their text. What has a name is also saved into the reports folder (figures as SVG and PNG, tables as CSV
 * and Parquet). Promises of such things are awaited.
 *
 * Await it: only then is everything certain to be seen. It is the way for a notebook's cell to end.
 *
 * @throws whatever went wrong in drawing or saving, after the rest was shown
 *
 * @example
 * ```ts
 * import { show } from "curio";
 *
 * await show("Test accuracy by number of filters:", [{ filters: 32, accuracy: 0.908 }, { filters: 64, accuracy: 0.915 }]);
 * ```
 */
export async function show(...things: readonly (Showable | Promise<Showable>)[]): Promise<void> {
  await showOn(defaultScreen(), things);
}

/** {@linkcode show} on a screen of the caller's choice. */
export async function showOn(screen: Screen, things: readonly (Showable | Promise<Showable>)[]): Promise<void> {
  const shown = await Promise.allSettled(things.map((thing) => {
    const output = Promise.resolve(thing).then((ready) => outputOf(ready, screen.kind));
    return Promise.all([screen.put(output), Promise.resolve(thing).then(saveNamed)]);
  }));
  await screen.drained();
  for (const result of shown) if (result.status === "rejected") throw result.reason;
}

/** How objects say what they look like in a Deno notebook, such as those of `Deno.jupyter.md`. */
const jupyterDisplay = Symbol.for("Jupyter.display");

async function saveNamed(thing: Showable): Promise<void> {
  if (isFigure(thing) && thing.name !== undefined) await saveFigure(thing);
  if (isTable(thing) && thing.name !== undefined) await saveTable(thing.frame, { name: thing.name });
}

async function outputOf(thing: Showable, where: Screen["kind"]): Promise<Output> {
  if (typeof thing !== "object" || thing === null) return { data: { "text/plain": String(thing) } };
  if (isFigure(thing)) return await figureOutput(thing, where);
  if (isTable(thing)) return tableOutput(thing);
  if (!isFrame(thing) && jupyterDisplay in thing && typeof thing[jupyterDisplay] === "function") {
    return { data: await thing[jupyterDisplay]() };
  }
  return tableOutput(isFrame(thing) || Array.isArray(thing) ? table(thing) : factTable(thing));
}

function isFigure(thing: Showable): thing is Figure {
  return typeof thing === "object" && thing !== null && "svg" in thing && "png" in thing;
}

function isTable(thing: Showable): thing is Table {
  return typeof thing === "object" && thing !== null && "frame" in thing && isFrame(thing.frame);
}

async function figureOutput(figure: Figure, where: Screen["kind"]): Promise<Output> {
  const text = `${figure.title}\n${figure.summary}`;
  if (where !== "notebook") return { data: { "text/plain": text } };
  // Notebooks that are not trusted, and viewers that strip scripts, show no SVG: they find the PNG.
  const png = Buffer.from(await figure.png()).toString("base64");
  return {
    data: { "image/svg+xml": figure.svg, "image/png": png, "text/plain": text },
    metadata: { "image/png": { width: figure.width, height: figure.height } },
  };
}

function tableOutput(shown: Table): Output {
  const { html, text } = renderTable(shown);
  return { data: { "text/html": html, "text/plain": text } };
}
