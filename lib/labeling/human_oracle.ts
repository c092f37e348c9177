import { setTimeout as delay } from "node:timers/promises";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import type { Dataset, ImageSource } from "../data/dataset.ts";
import type { Answer, AskOptions, Oracle } from "../learning/oracle.ts";
import { gallery } from "../report/gallery.ts";
import { element, escapeMarkup } from "../report/markup.ts";
import { defaultScreen, type Screen } from "../report/screen.ts";
import { showOn } from "../report/show.ts";
import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import type { Annotator } from "./access.ts";
import { finalLabels } from "./label_files.ts";
import { likenessPlaces } from "./likeness_places.ts";
import { type LabelStore, openLabelStore, type StoredItem } from "./label_store.ts";
import { type LabelServer, type LabelServerOptions, startLabelServer } from "./start_label_server.ts";

/** What {@linkcode humanOracle} may be told. */
export interface HumanOracleOptions extends LabelServerOptions {
  /** The file of the labels; `data/labels/<name of the dataset>.sqlite` is a good one. Made if missing. */
  readonly store: string;
  /** Name of whoever sits here; "me" by default. */
  readonly name?: string;
  /** What stands above the page; the name of the dataset by default. */
  readonly title?: string;
  /** How many people answer for each item; 1 by default. */
  readonly overlap?: number;
  /** Whether the model's guess is shown before the answer: it biases; no by default. */
  readonly showGuess?: boolean;
  /** What each item is called in the store; its index by default. */
  readonly refs?: readonly string[];
  /** `[items, features]`, a row for each image: the grid shows together what is near in it. */
  readonly features?: Matrix;
  /** Why an item is asked: shown to whoever answers. By default who chose it, and how sure the model is. */
  readonly why?: (reason: AskReason) => string;
  /** Where no browser reaches this machine: asks here, image by image, by {@linkcode prompt}. Default: no. */
  readonly plain?: boolean;
  /** How the plain way asks; the notebook's own input by default. */
  readonly prompt?: (question: string) => string | null;
  readonly screen?: Screen;
}

/** What is known of why an item is asked. */
export interface AskReason extends Pick<AskOptions, "round" | "strategy"> {
  readonly question?: NonNullable<AskOptions["questions"]>[number];
  /** How many answers the item has had: where there are some, another opinion is wanted. */
  readonly earlier: number;
}

/** People who answer on a page. */
export interface HumanOracle extends Oracle, AsyncDisposable {
  /** Where their answers are kept. */
  readonly store: LabelStore;
  /** Ends the page; what was answered stays. */
  close(): Promise<void>;
}

/**
 * An oracle that asks people. `ask` shows a link to a page, what is asked, and a count that goes up; it resolves when
 * everything is answered, and what was answered is on disk at once: after an interruption, or with a new kernel, asking
 * again goes on where it was. "Not sure", and a tie of several people that nobody settled, is an abstention.
 *
 * @example
 * ```ts ignore
 * const oracle = humanOracle(photos, { store: "../data/labels/photos.sqlite" });
 * for await (const round of activeLearning({ ...task, oracle })) await show(round);
 * await oracle.close();
 * ```
 */
export function humanOracle(
  dataset: Omit<Dataset, "labels">,
  { store: path, name = "me", title = dataset.name, overlap, showGuess, plain = false, ...options }: HumanOracleOptions,
): HumanOracle {
  const { classNames } = dataset;
  const store = openLabelStore(path, { classNames, title, overlap, showGuess });
  const me = store.access.annotator(name, "owner");
  const { refs, features, why = whyOf, screen = defaultScreen(), prompt = globalThis.prompt, ...serverOptions } =
    options;
  let server: LabelServer | undefined;

  async function ask(indices: Int32Array, { signal, onAnswer = () => {}, ...asking }: AskOptions): Promise<Answer[]> {
    const { round, strategy, questions, earlier = () => 0 } = asking;
    const files = await filesOf(dataset, indices, join(dirname(path), `${basename(path, ".sqlite")} images`));
    const places = features && likenessPlaces(gatherRows(features, indices));
    const asked = Array.from(indices, (index, place) => {
      const [name, question, before] = [refs?.[index] ?? `${index}`, questions?.[place], earlier(index)];
      return {
        // Asked for another opinion, it is an item of its own: the one before is answered already.
        ref: before > 0 ? `${name} (${before + 1})` : name,
        name: basename(name),
        file: files[place],
        why: why({ round, strategy, question, earlier: before }),
        guess: question?.prediction ?? undefined,
        confidence: question?.confidence ?? undefined,
        likeness: places?.[place],
      };
    });
    store.ask(`round ${round}`, asked);
    const indexOf = new Map(asked.map(({ ref }, place) => [ref, indices[place]]));
    const items = store.items().filter(({ ref }) => indexOf.has(ref));
    const answers = new Map<number, Answer>();
    const collect = () => {
      for (const [ref, answer] of answersTo(items, store)) {
        const index = indexOf.get(ref)!;
        if (!answers.has(index)) onAnswer(index, answer);
        answers.set(index, answer);
      }
      return answers.size;
    };
    if (collect() < indices.length) {
      if (screen.kind === "notebook") {
        const unlabelled = { ...dataset, labels: new Int32Array(dataset.images.count) };
        const strip = gallery(unlabelled, indices.slice(0, 30), { labels: false, title: "What is asked" });
        await showOn(screen, [strip]);
      }
      if (plain) await askHere({ store, me, refs: asked.map(({ ref }) => ref), prompt, collect, signal });
      else {
        server ??= await startLabelServer(path, serverOptions);
        await answersOnPage({ store, me, server, screen, total: indices.length, collect, signal });
      }
    }
    return Array.from(indices, (index) => answers.get(index)!);
  }

  async function close(): Promise<void> {
    await server?.stop();
    server = undefined;
    store.close();
  }

  return {
    describe: { kind: "human", store: store.key, classNames, overlap: store.project.overlap },
    store,
    ask,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function whyOf({ round, strategy, question, earlier }: AskReason): string {
  const chosen = strategy === undefined ? [] : [`chosen by ${strategy}`];
  if (round < 0) return ["part of the first set", ...chosen].join(", ");
  const doubt = earlier > 0 ? ["another opinion is wanted"] : [];
  const confidence = question?.confidence == null
    ? []
    : [`the model is ${Math.round(100 * question.confidence)} % sure`];
  return [`round ${round + 1}`, ...doubt, ...confidence, ...chosen].join(", ");
}

/** What is settled about the items: ref → the label of as many answers as wanted, or an adjudicator's. */
function answersTo(items: readonly StoredItem[], store: LabelStore): Map<string, Answer> {
  const counts = new Map<number, number>();
  for (const { item, kind } of store.decisions()) {
    if (kind !== "skip") counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  const final = finalLabels(store);
  const verdicts = new Set(store.verdicts().map(({ item }) => item));
  const settled = items.filter(({ id }) => (counts.get(id) ?? 0) >= store.project.overlap || verdicts.has(id));
  return new Map(settled.map(({ ref }) => [ref, final.get(ref) ?? null]));
}

interface Waiting {
  readonly store: LabelStore;
  readonly me: Annotator;
  /** Takes in what is new; how many are answered. */
  readonly collect: () => number;
  readonly signal?: AbortSignal;
}

async function answersOnPage(
  { store, me, server, screen, total, collect, signal }: Waiting & {
    readonly server: LabelServer;
    readonly screen: Screen;
    readonly total: number;
  },
): Promise<void> {
  const displayId = `curio-labels-${crypto.randomUUID()}`;
  let link = server.linkFor(store.access.invite(me));
  let shown = "";
  const show = (state: "asking" | "done" | "stopped") => {
    const done = collect();
    // Each link is good once: when it was used, the cell shows the next.
    if (state === "asking" && store.access.unused(me) === 0) link = server.linkFor(store.access.invite(me));
    const text = {
      asking: `${done} of ${total} labelled. Label here: ${link}`,
      done: `✓ ${total} of ${total} labelled`,
      stopped: `■ ${done} of ${total} labelled; asking again goes on from here`,
    }[state];
    if (text === shown) return done;
    const html = state === "asking"
      ? `<p>${element("progress", { value: done, max: total }, [" "])} <b>${done}</b> of ${total} labelled. ` +
        `${element("a", { href: link, target: "_blank", rel: "noopener" }, [escapeMarkup("Open the page")])}</p>`
      : `<p>${escapeMarkup(text)}</p>`;
    const update = shown !== "";
    shown = text;
    screen.put({ data: { "text/html": html, "text/plain": text }, displayId, update }).catch(() => {});
    return done;
  };
  try {
    for (let version = -1; show("asking") < total;) {
      // The page's process writes to the store; nothing here is computed until it has.
      while (store.version() === version) await delay(150, undefined, { signal });
      version = store.version();
    }
    show("done");
  } catch (error) {
    show("stopped");
    throw signal?.aborted ? signal.reason : error;
  } finally {
    await screen.drained();
  }
}

/** Asks for one image after the other, in the order of the gallery above. */
async function askHere(
  { store, me, refs, prompt, collect, signal }: Waiting & {
    readonly refs: readonly string[];
    readonly prompt: (question: string) => string | null;
  },
): Promise<void> {
  const items = new Map(store.items().map((item) => [item.ref, item]));
  const names = store.project.classNames.map((name, label) => `${label + 1} ${name}`).join(", ");
  const answered = (item: StoredItem) => store.decisions({ item: item.id, annotator: me.id }).length > 0;
  for (const [place, ref] of refs.entries()) {
    const item = items.get(ref)!;
    while (!answered(item)) {
      signal?.throwIfAborted();
      const said = prompt(`Image ${place + 1} of ${refs.length}: ${names}, ? not sure`)?.trim();
      if (said === undefined) throw new TypeError(nobodyAnswers);
      await recordHere({ store, me, item, said });
    }
    collect();
  }
}

const nobodyAnswers = "Cannot ask here: somebody must sit at the notebook: current value is no answer. " +
  "Run the cell by hand, or give the loop a simulated oracle.";

/** Takes the number or the name of a class, or a question mark, for an answer; anything else is asked again. */
async function recordHere(
  { store, me, item, said }: Pick<Waiting, "store" | "me"> & { readonly item: StoredItem; readonly said: string },
): Promise<void> {
  const { classNames } = store.project;
  const named = classNames.findIndex((name) => name.toLowerCase() === said.toLowerCase());
  const label = named >= 0 ? named : /^\d+$/.test(said) ? Number(said) - 1 : -1;
  if (said !== "?" && (label < 0 || label >= classNames.length)) return;
  const draft = { id: crypto.randomUUID(), item: item.key, madeAt: Date.now() };
  const decision = said === "?" ? { kind: "unsure" as const } : { kind: "label" as const, label };
  await store.record(me, [{ ...draft, ...decision }]);
}

/** The files of the images; those that have none of their own are written as PNG. */
async function filesOf(
  { images, files }: { readonly images: ImageSource; readonly files?: readonly string[] },
  indices: Int32Array,
  folder: string,
): Promise<string[]> {
  if (files !== undefined) return Array.from(indices, (index) => files[index]);
  const { height, width, channels } = images.shape;
  const length = height * width * channels;
  const bytes = await images.read(indices);
  return await Promise.all(Array.from(indices, async (index, place) => {
    const file = join(folder, `${index}.png`);
    const pixels = bytes.subarray(place * length, (place + 1) * length);
    const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
    await writeFileAtomic(file, await sharp(pixels, { raw }).png().toBuffer());
    return file;
  }));
}
