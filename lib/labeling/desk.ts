import type { Annotator } from "./access.ts";
import { type Annotation, byItem } from "./annotation.ts";
import { assignment, type Standing } from "./assignment.ts";
import { type GoldAccuracy, goldAccuracy } from "./gold_accuracy.ts";
import { fleissKappaOf, krippendorffAlpha, pairwiseKappas } from "./kappa.ts";
import type { EventDraft, LabelEvent, Receipt } from "./label_event.ts";
import type { LabelStore, StoredItem } from "./label_store.ts";
import { disagreements, type Vote } from "./majority_vote.ts";

/** What {@linkcode openDesk} may be told. */
export interface DeskOptions {
  /** How long an item stays somebody's without a word from them: seconds; 120 by default. */
  readonly leaseSeconds?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** How far the work is, as owners or as others may know. */
export interface DeskStatus {
  /** Items to be answered, and those that have all the answers they want. */
  readonly total: number;
  readonly done: number;
  readonly people: readonly { readonly name: string; readonly answers: number }[];
  /** Answers of everybody a minute, over the last five minutes; undefined where there were too few. */
  readonly pace: number | undefined;
  readonly secondsLeft: number | undefined;
  /** Where somebody else answered too. */
  readonly agreement?: Agreement;
  /** Items on which people disagree and nobody has settled. */
  readonly disagreements: number;
  /** For owners: how often people were right where the answer is known. */
  readonly gold?: readonly GoldAccuracy[];
}

/** How well people agree, beyond chance. */
export interface Agreement {
  /** Items with two answers or more. */
  readonly items: number;
  /** Krippendorff's. */
  readonly alpha: number;
  /** Fleiss'. */
  readonly fleiss: number;
  /** The mean of Cohen's over all pairs. */
  readonly cohen: number;
}

/** Hands out items and takes in what people say of them: the store, and in memory what it would take long to ask it. */
export interface Desk {
  readonly store: LabelStore;
  /** Up to `count` items to be held by an annotator, `keep` (keys) first; `alike`: those that most resemble the first. */
  take(
    annotator: Annotator,
    options: { keep: readonly string[]; count: number; alike?: boolean },
  ): Promise<StoredItem[]>;
  record(annotator: Annotator, drafts: readonly EventDraft[]): Promise<Receipt[]>;
  itemById(id: number): StoredItem;
  status(role: Annotator["role"]): DeskStatus;
  /** Items on which people disagree and that no adjudicator has settled, the most divided first. */
  disagreements(): Vote[];
  /** Takes in what other processes have written; whether there was anything. */
  refresh(): boolean;
}

const paceWindow = 5 * 60_000;

/** How old a {@linkcode DeskStatus}' agreement may be. */
export const summarySeconds = 2;

/** Opens the desk of a store; what happened before is read from it. */
export function openDesk(store: LabelStore, { leaseSeconds = 120, clock = Date.now }: DeskOptions = {}): Desk {
  const items = new Map<number, StoredItem>();
  const idOf = new Map<string, number>();
  const gold = new Map<number, number>();
  const names = new Map<number, string>();
  /** Item → annotator → what stands. */
  const standing = new Map<number, Map<number, LabelEvent>>();
  const answers = new Map<number, number>();
  const settled = new Set<number>();
  /** When the latest answers came, oldest first. */
  const moments: number[] = [];
  const places = assignment();
  let lastQuery = 0, lastEvent = 0, version = store.version();

  function place(item: number, annotator: number, event: LabelEvent | undefined): void {
    const own = standing.get(item) ?? new Map<number, LabelEvent>();
    standing.set(item, own);
    const wasAnswer = isAnswer(own.get(annotator));
    if (event === undefined) own.delete(annotator);
    else own.set(annotator, event);
    answers.set(annotator, (answers.get(annotator) ?? 0) + Number(isAnswer(event)) - Number(wasAnswer));
    places.settle(item, annotator, standingOf(event));
  }

  function loadItems(): void {
    let newest = lastQuery;
    for (const item of store.items(lastQuery)) {
      items.set(item.id, item);
      idOf.set(item.key, item.id);
      if (item.gold !== null) gold.set(item.id, item.gold);
      places.add(item.id, { wanted: item.gold === null ? store.project.overlap : Infinity, query: item.query });
      newest = Math.max(newest, item.query);
    }
    lastQuery = newest;
  }

  function loadEvents(): void {
    const fresh = store.events(lastEvent);
    if (fresh.length === 0) return;
    const touched = new Set(fresh.map(({ item }) => item));
    const many = touched.size > 100 ? Map.groupBy(store.decisions(), ({ item }) => item) : undefined;
    for (const item of touched) {
      const now = many === undefined ? store.decisions({ item }) : many.get(item) ?? [];
      const before = [...standing.get(item)?.keys() ?? []];
      for (const annotator of before) {
        if (!now.some((event) => event.annotator === annotator)) place(item, annotator, undefined);
      }
      for (const event of now) place(item, event.annotator, event);
    }
    for (const { kind, at } of fresh) if (kind === "label" || kind === "unsure") moments.push(at);
    if (fresh.some(({ kind }) => kind === "adjudicate" || kind === "undo")) loadVerdicts();
    lastEvent = fresh.at(-1)!.seq;
  }

  function loadVerdicts(): void {
    settled.clear();
    for (const { item } of store.verdicts()) settled.add(item);
  }

  /** The classes that people gave to those items that are wanted. */
  function labels(isWanted: (item: number, answers: number) => boolean): Annotation[] {
    const wanted = [...standing].filter(([item, own]) => isWanted(item, own.size));
    return wanted.flatMap(([item, own]) =>
      [...own.values()].filter(({ kind }) => kind === "label")
        .map(({ annotator, label }) => ({ item, annotator: nameOf(annotator), label: label! }))
    );
  }

  function nameOf(annotator: number): string {
    if (!names.has(annotator)) { for (const { id, name } of store.access.annotators()) names.set(id, name); }
    return names.get(annotator) ?? `${annotator}`;
  }

  const shared = () => labels((_, answers) => answers > 1);

  function open(annotations: readonly Annotation[]): Vote[] {
    return disagreements(annotations).filter(({ item }) => !settled.has(item));
  }

  // Wanted by everybody after every answer: with many items, worked out once in two seconds.
  const summary = atMostEvery(() => standing.size > 100 ? summarySeconds * 1000 : 0, clock, () => {
    const annotations = shared();
    const pairs = pairwiseKappas(annotations);
    const kappas = pairs.map(({ kappa }) => kappa).filter((kappa) => !Number.isNaN(kappa));
    const measures = () => ({
      items: [...byItem(annotations).values()].filter(({ length }) => length > 1).length,
      alpha: krippendorffAlpha(annotations),
      fleiss: fleissKappaOf(annotations),
      cohen: kappas.reduce((sum, kappa) => sum + kappa, 0) / kappas.length,
    });
    return {
      agreement: pairs.length > 0 ? measures() : undefined,
      disagreements: open(annotations).length,
      gold: gold.size > 0 ? goldAccuracy(labels((item) => gold.has(item)), gold) : undefined,
    };
  });

  loadItems();
  loadEvents();
  loadVerdicts();
  places.restore(store.leases());

  return {
    store,
    async take(annotator, { keep, count, alike = false }) {
      const now = clock();
      const kept = new Set(keep.flatMap((key) => idOf.get(key) ?? []));
      const request = { keep: kept, now, until: now + leaseSeconds * 1000 };
      let taken = places.take(annotator.id, { ...request, count: alike ? Math.max(1, kept.size) : count });
      if (alike && taken.length > 0) {
        const [first] = taken.map(({ item }) => items.get(item)!);
        const distance = (item: number) => unlikeness(items.get(item)!, first);
        const own = new Set(taken.map(({ item }) => item));
        taken = places.take(annotator.id, { ...request, keep: own, count, distance });
      }
      await store.lease(annotator.id, taken);
      return taken.map(({ item }) => items.get(item)!);
    },
    async record(annotator, drafts) {
      const receipts = await store.record(annotator, drafts);
      if (receipts.some(({ status }) => status === "stored")) loadEvents();
      return receipts;
    },
    itemById: (id) => items.get(id)!,
    status(role) {
      const now = clock();
      while (moments.length > 0 && moments[0] < now - paceWindow) moments.shift();
      const minutes = (now - moments[0]) / 60_000;
      const pace = moments.length > 2 ? moments.length / Math.max(minutes, 1 / 60) : undefined;
      const { gold: accuracy, ...rest } = summary();
      const { done, total } = places;
      const wanted = (total - done) * store.project.overlap;
      return {
        ...{ total, done, pace },
        people: [...answers].map(([id, count]) => ({ name: nameOf(id), answers: count })),
        secondsLeft: pace === undefined ? undefined : wanted / pace * 60,
        ...rest,
        ...role === "owner" && { gold: accuracy },
      };
    },
    disagreements: () => open(shared()),
    refresh() {
      const before = version;
      version = store.version();
      if (version === before) return false;
      loadItems();
      loadEvents();
      return true;
    },
  };
}

function isAnswer(event: LabelEvent | undefined): boolean {
  return event !== undefined && event.kind !== "skip";
}

function standingOf(event: LabelEvent | undefined): Standing {
  if (event === undefined) return "open";
  return event.kind === "skip" ? "skipped" : "answered";
}

/** How far two items are from looking alike: Infinity where the model takes them for different classes. */
function unlikeness(item: StoredItem, first: StoredItem): number {
  if (item.guess !== first.guess) return Infinity;
  return item.likeness === null || first.likeness === null ? 0 : Math.abs(item.likeness - first.likeness);
}

function atMostEvery<T>(milliseconds: () => number, clock: () => number, compute: () => T): () => T {
  let value: T, at = -Infinity;
  return () => {
    if (clock() - at >= milliseconds()) [value, at] = [compute(), clock()];
    return value;
  };
}
