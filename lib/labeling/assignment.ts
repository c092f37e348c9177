import type { Lease } from "./label_store.ts";

/** What an annotator made of an item: nothing yet, an answer, or "later". */
export type Standing = "open" | "answered" | "skipped";

/** Who may answer what next. */
export interface Assignment {
  /** Adds an item behind all others. `wanted`: how many people answer for it; Infinity for one that everybody gets. */
  add(item: number, wanted: number): void;
  /** Says how an annotator stands to an item; ends the lease unless that is `open`. */
  settle(item: number, annotator: number, standing: Standing): void;
  /**
   * Up to `count` items for an annotator, leased until `until`: of those to `keep` all that are free first, then others
   * that `prefer` wants (all by default), in the order in which they were asked; those skipped before come last. What is
   * not to be kept is given up.
   */
  take(annotator: number, options: TakeOptions): Lease[];
  /** Puts back leases that were kept over a restart. */
  restore(leases: readonly Lease[]): void;
  /** Items that have all the answers they want. */
  readonly done: number;
  /** Items that want answers; those for everybody are not counted. */
  readonly total: number;
}

export interface TakeOptions {
  readonly count: number;
  readonly keep: ReadonlySet<number>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly until: number;
  readonly prefer?: (item: number) => boolean;
}

interface Place {
  readonly item: number;
  readonly wanted: number;
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
  // In the order asked; those that are full are swept out now and then.
  let open: Place[] = [];
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
    add(item, wanted) {
      const place: Place = { item, wanted, answered: new Set(), skipped: new Set(), leases: new Map() };
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
        open.sort((a, b) => a.item - b.item);
      }
    },
    take(annotator, { count, keep, now, until, prefer = () => true }) {
      const own = heldBy(annotator);
      for (const place of [...own]) if (!keep.has(place.item)) release(place, annotator);
      if (open.length > 64 && open.length > 2 * (places.size - done)) open = open.filter((place) => !isFull(place));
      const taken = [...keep].flatMap((item) => places.get(item) ?? []).filter((place) =>
        isFree(place, annotator, now)
      );
      for (const wantsSkipped of [false, true]) {
        for (const place of open) {
          if (taken.length >= count) break;
          const fits = place.skipped.has(annotator) === wantsSkipped && !keep.has(place.item) && prefer(place.item);
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
