import type { Lease } from "./label_store.ts";

/** What an annotator made of an item: nothing yet, an answer, or "later". */
export type Standing = "open" | "answered" | "skipped";

/** Who may answer what next. */
export interface Assignment {
  /** Adds an item, or moves one that is there to where a later query wants it. */
  add(item: number, options: AddOptions): void;
  /** Says how an annotator stands to an item; ends the lease unless that is `open`. */
  settle(item: number, annotator: number, standing: Standing): void;
  /**
   * Up to `count` items for an annotator, leased until `until`: of those to `keep` all that are free first, then others,
   * the latest query's first and in the order in which they were asked, or those of the smallest `distance` first; those
   * skipped before come last. What is not to be kept is given up.
   */
  take(annotator: number, options: TakeOptions): Lease[];
  /** Puts back leases that were kept over a restart. */
  restore(leases: readonly Lease[]): void;
  /** Items that have all the answers they want. */
  readonly done: number;
  /** Items that want answers; those for everybody are not counted. */
  readonly total: number;
}

/** What {@linkcode Assignment.add} is told. */
export interface AddOptions {
  /** How many people answer for the item; Infinity for one that everybody gets. */
  readonly wanted: number;
  /** Number of the query that asked for it. */
  readonly query: number;
}

/** What {@linkcode Assignment.take} is told. */
export interface TakeOptions {
  readonly count: number;
  readonly keep: ReadonlySet<number>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly until: number;
  /** Infinity for an item that is not wanted. */
  readonly distance?: (item: number) => number;
}

interface Place {
  readonly item: number;
  readonly wanted: number;
  query: number;
  readonly answered: Set<number>;
  readonly skipped: Set<number>;
  /** Annotator → until when. */
  readonly leases: Map<number, number>;
}

/**
 * Fair assignment in memory: each item goes to as many different people as wanted and to nobody twice; what somebody
 * holds is kept for them until the lease runs out. An item is never promised to more people than it wants, so answers are
 * too many only where somebody answers after the lease ran out: such answers are kept too.
 */
export function assignment(): Assignment {
  const places = new Map<number, Place>();
  // In the order in which they are given out; those that are full are swept out now and then.
  let open: Place[] = [];
  let isSorted = true;
  let done = 0, total = 0;
  const held = new Map<number, Set<Place>>();
  const isFull = ({ answered, wanted }: Place) => answered.size >= wanted;
  const heldBy = (annotator: number) => {
    const own = held.get(annotator) ?? new Set<Place>();
    held.set(annotator, own);
    return own;
  };

  function release(place: Place, annotator: number): void {
    place.leases.delete(annotator);
    held.get(annotator)?.delete(place);
  }

  function isFree(place: Place, annotator: number, now: number): boolean {
    if (place.answered.has(annotator) || isFull(place)) return false;
    let promised = place.answered.size;
    for (const [other, until] of place.leases) if (other !== annotator && until > now) promised++;
    return promised < place.wanted;
  }

  return {
    get done() {
      return done;
    },
    get total() {
      return total;
    },
    add(item, { wanted, query }) {
      isSorted = false;
      const known = places.get(item);
      if (known !== undefined) {
        known.query = query;
        return;
      }
      const place: Place = { item, wanted, query, answered: new Set(), skipped: new Set(), leases: new Map() };
      places.set(item, place);
      open.push(place);
      if (Number.isFinite(wanted)) total++;
    },
    settle(item, annotator, standing) {
      const place = places.get(item);
      if (place === undefined) return;
      const before = isFull(place);
      place.answered.delete(annotator);
      place.skipped.delete(annotator);
      if (standing === "answered") place.answered.add(annotator);
      if (standing === "skipped") place.skipped.add(annotator);
      if (standing !== "open") release(place, annotator);
      const after = isFull(place);
      done += Number(after) - Number(before);
      if (before && !after && !open.includes(place)) {
        open.push(place);
        isSorted = false;
      }
    },
    take(annotator, { count, keep, now, until, distance }) {
      const own = heldBy(annotator);
      for (const place of [...own]) if (!keep.has(place.item)) release(place, annotator);
      if (open.length > 64 && open.length > 2 * (places.size - done)) open = open.filter((place) => !isFull(place));
      if (!isSorted) open.sort((a, b) => b.query - a.query || a.item - b.item);
      isSorted = true;
      const taken = [...keep].flatMap((item) => places.get(item) ?? []).filter((place) =>
        isFree(place, annotator, now)
      );
      const offered = distance === undefined ? open : nearest(open, distance);
      for (const wantsSkipped of [false, true]) {
        for (const place of offered) {
          if (taken.length >= count) break;
          const fits = place.skipped.has(annotator) === wantsSkipped && !keep.has(place.item);
          if (fits && isFree(place, annotator, now)) taken.push(place);
        }
      }
      for (const place of taken) {
        place.leases.set(annotator, until);
        own.add(place);
      }
      return taken.map(({ item }) => ({ item, annotator, until }));
    },
    restore(leases) {
      for (const { item, annotator, until } of leases) {
        const place = places.get(item);
        if (place === undefined) continue;
        place.leases.set(annotator, until);
        heldBy(annotator).add(place);
      }
    },
  };
}

function nearest(places: readonly Place[], distance: (item: number) => number): Place[] {
  return places.map((place) => ({ place, far: distance(place.item) })).filter(({ far }) => far < Infinity)
    .sort((a, b) => a.far - b.far).map(({ place }) => place);
}
