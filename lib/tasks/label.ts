import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { photosBelow } from "../labeling/class_folders.ts";
import {
  type Aggregation,
  importLabels,
  type LabelFormat,
  labelFormats,
  readLabels,
  writeLabels,
} from "../labeling/label_files.ts";
import type { LabelFile } from "../labeling/label_record.ts";
import { type LabelStore, openLabelStore } from "../labeling/label_store.ts";
import { startLabelServer } from "../labeling/start_label_server.ts";
import { isExpected } from "./expected_error.ts";
import { setUp } from "./setup/set_up.ts";
import { thisSite } from "./setup/site.ts";
import { stepsFor } from "./setup/steps.ts";
import { say, statusLine } from "./terminal.ts";

const usage = `Label a folder of photos on a page in the browser.

  deno task label --images FOLDER --classes cat,dog,fox

  --images FOLDER      the photos, with all subfolders
  --classes A,B,C      what can be seen; needed the first time only, or those of the file that --import names.
                       --classes-file FILE: one a line
  --store FILE         where labels are kept; FOLDER/.curio/labels.sqlite by default
  --title TEXT         what stands above the page; the folder's name by default
  --overlap N          so many people answer for each photo; 1 by default
  --annotators A,B     a link for each of these people, besides yours
  --show-guess         show what a model believes, if it is known: it biases
  --learn              a model asks for the photos that it learns most from
  --host ADDRESS       listen on another address than 127.0.0.1; --port N: on this port
  --import FILE        take labels from a file first; --gold FILE: to test annotators by, not as labels
  --export FILE        write all labels to a file or folder and end
  --format F           of these files, where the name does not say: ${labelFormats.join(", ")}
  --choices TAG        of a Label Studio project with several tags: the one that names the class
  --aggregate HOW      how several answers make one label: majority, or dawid-skene, which weighs people`;

/** Labels a folder of photos: opens the page, and imports and exports labels. */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ images: text, classes: text, "classes-file": text, store: text, title: text, overlap: text, host: text },
      ...{ port: text, annotators: text, import: text, export: text, gold: text, format: text },
      ...{ choices: text, aggregate: text },
      ...{ "show-guess": flag, learn: flag, help: flag },
    },
  });
  if (values.help || values.images === undefined) {
    say(usage);
    return values.help ? 0 : 2;
  }
  const format = values.format as LabelFormat | undefined;
  if (format !== undefined && !labelFormats.includes(format)) {
    say(`Cannot read the format: it must be one of ${labelFormats.join(", ")}: current value is ${format}.`);
    return 2;
  }
  const aggregation = aggregations[values.aggregate ?? "majority"];
  if (aggregation === undefined) {
    say(
      `Cannot put answers together: --aggregate must be majority or dawid-skene: current value is ${values.aggregate}.`,
    );
    return 2;
  }
  try {
    const images = resolve(values.images);
    const read = async (file: string, classNames?: readonly string[]) =>
      await readLabels(resolve(file), { format, choices: values.choices, classNames });
    const path = resolve(values.store ?? join(images, ".curio", "labels.sqlite"));
    const given = await classesOf(values);
    const isNew = given === undefined && values.import !== undefined && !await exists(path);
    const store = openLabelStore(path, {
      classNames: isNew ? (await read(values.import!)).classNames : given,
      title: values.title ?? basename(images),
      overlap: values.overlap === undefined ? undefined : Number(values.overlap),
      showGuess: values["show-guess"],
    });
    try {
      if (values.export !== undefined) {
        say(`${await writeLabels(store, resolve(values.export), { format, aggregation })} written to ${values.export}`);
        return 0;
      }
      const { classNames } = store.project;
      if (!values.learn || values.import !== undefined || values.gold !== undefined) {
        await askForAll(store, images, values.gold && classesByPath(await read(values.gold, classNames), classNames));
      }
      if (values.import !== undefined) {
        const { added, known, notes } = await importLabels(store, await read(values.import, classNames));
        say(`${added} answers taken from ${values.import}${known > 0 ? `, ${known} were here already` : ""}.`);
        for (const note of notes) say(`  ${note}`);
      }
      if (values.learn) return await learn(store, images, values);
      await serve(store, images, values);
      return 0;
    } finally {
      store.close();
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    say(error.message);
    return 1;
  }
}

async function classesOf(
  { classes, "classes-file": file }: { readonly classes?: string; readonly "classes-file"?: string },
): Promise<string[] | undefined> {
  const listed = file === undefined ? classes?.split(",") : (await Deno.readTextFile(file)).split(/\r?\n/);
  return listed?.map((name) => name.trim()).filter((name) => name !== "");
}

const aggregations: Readonly<Record<string, Aggregation | undefined>> = {
  ...{ majority: "majority", "dawid-skene": "dawidSkene" },
};

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Path → class index of labels that are known to be right. */
function classesByPath({ records }: LabelFile, classNames: readonly string[]): Map<string, number> {
  const classOf = new Map(classNames.map((name, index) => [name, index]));
  return new Map(records.flatMap(({ path, labels }) => {
    const label = classOf.get(labels[0]);
    return label === undefined ? [] : [[path, label] as const];
  }));
}

async function askForAll(store: LabelStore, images: string, gold: Map<string, number> | "" | undefined): Promise<void> {
  const paths = await photosBelow(images);
  if (paths.length === 0) {
    const rule = "the folder must hold photos (JPEG, PNG, WebP, TIFF, GIF, AVIF)";
    throw new RangeError(`Cannot label: ${rule}: current value is ${images}.`);
  }
  const known = gold || new Map<string, number>();
  const added = store.ask(
    "the whole folder",
    paths.map((path) => ({ ref: path, file: join(images, path), name: basename(path), gold: known.get(path) })),
  );
  say(`${paths.length} photos in ${images}${added < paths.length && added > 0 ? `, ${added} of them new` : ""}.`);
}

interface ServeValues {
  readonly host?: string;
  readonly port?: string;
  readonly annotators?: string;
}

/** The whole loop of active learning behind the page; needs TensorFlow, which plain labelling does not. */
async function learn(store: LabelStore, images: string, { host, port }: ServeValues): Promise<number> {
  const site = thisSite();
  await setUp(site, await stepsFor(site, ["compute"]));
  const { learnWhileLabelling } = await import("./learn_while_labelling.ts");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => stop.abort());
  const server = { host, port: port === undefined ? undefined : Number(port) };
  await learnWhileLabelling(store, { ...server, images, name: Deno.env.get("USER") || "me", signal: stop.signal });
  return 0;
}

async function serve(
  store: LabelStore,
  images: string,
  { host, port, annotators = "" }: ServeValues,
): Promise<void> {
  await store.backup(`${store.path}.backup`);
  const server = await startLabelServer(store.path, {
    host,
    port: port === undefined ? undefined : Number(port),
    onRestart: () => say("\nThe server had ended; it is running again on the same address. No answer is lost."),
  });
  if (host !== undefined && host !== "127.0.0.1" && host !== "localhost") {
    say(`Careful: everybody who reaches ${host} and has a link can label, and nothing is encrypted on the way.`);
  }
  const linkFor = (name: string, role: "owner" | "annotator") =>
    server.linkFor(store.access.invite(store.access.annotator(name, role)));
  say(`\nLabel here:  ${linkFor(Deno.env.get("USER") || "me", "owner")}\n`);
  const people = annotators.split(",").map((name) => name.trim()).filter((name) => name !== "");
  for (const name of people) say(`For ${name}:  ${linkFor(name, "annotator")}`);
  say("Each link opens the page once, in one browser; Enter makes one for somebody else, Ctrl-C ends.");
  say(`Labels are kept in ${store.path}.`);

  const stop = new AbortController();
  const end = () => stop.abort();
  Deno.addSignalListener("SIGINT", end);
  Deno.addSignalListener("SIGTERM", end);
  inviteOnEnter(() => {
    const name = `Annotator ${store.access.annotators().length + 1}`;
    say(`For ${name}:  ${linkFor(name, "annotator")}`);
  }, stop.signal);
  const line = statusLine("Answers:");
  const count = setInterval(() => line.update(`${answersIn(store)} of ${store.items().length} photos`), 1000);
  try {
    await new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve(), { once: true }));
  } finally {
    clearInterval(count);
    await server.stop();
    line.end(`${answersIn(store)} of ${store.items().length} photos are answered.`);
    say(`They are in ${store.path}; take them out with: deno task label --images ${images} --export labels.csv`);
  }
}

function answersIn(store: LabelStore): number {
  return new Set(store.decisions().filter(({ kind }) => kind !== "skip").map(({ item }) => item)).size;
}

async function inviteOnEnter(invite: () => void, signal: AbortSignal): Promise<void> {
  if (!Deno.stdin.isTerminal()) return;
  const reader = Deno.stdin.readable.getReader();
  signal.addEventListener("abort", () => reader.cancel().catch(() => {}));
  while (!(await reader.read()).done) invite();
}
