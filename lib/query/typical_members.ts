import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import type { Neighbours } from "./nearest_neighbours.ts";
import { topK } from "./top_k.ts";
import { neighboursAmong, typicalityOf } from "./typicality.ts";

/** What {@linkcode TypicalMembers} are taken from. */
export interface MemberOptions {
  /** All candidates. */
  readonly candidates: Matrix;
  /** Most neighbours that typicality is measured by. */
  readonly neighbours: number;
  /** Of each candidate; of the equally typical, the smallest goes first. */
  readonly lots: Float64Array;
}

/**
 * A cluster's candidates, taken one after the other: each time the one with the largest typicality among those left.
 *
 * Neighbours are looked for once, a few more than typicality asks for, so that those who are taken can be passed over
 * in the lists. Only the lists of the most typical are kept: as others are taken, the typicality of those who are left
 * can only fall, so one that is still above that of all who were not kept is the largest. Otherwise, and when so many
 * were taken that a list may be too short, neighbours are looked for again.
 */
export class TypicalMembers {
  readonly #options: MemberOptions;
  #members: Int32Array;
  #isTaken: Uint8Array;
  #left: number;
  #shortlist: Shortlist | undefined;

  constructor(members: Int32Array, options: MemberOptions) {
    this.#options = options;
    this.#members = members;
    this.#isTaken = new Uint8Array(members.length);
    this.#left = members.length;
  }

  /** How many are left. */
  get left(): number {
    return this.#left;
  }

  async takeMostTypical(): Promise<{ readonly member: number; readonly typicality: number }> {
    const count = Math.min(this.#options.neighbours, Math.max(1, this.#left >> 1));
    const known = this.#shortlist && this.#mostTypical(this.#shortlist, count);
    const { place, typicality } = known ?? this.#mostTypical(this.#shortlist = await this.#look(count), count)!;
    this.#isTaken[place] = 1;
    this.#left--;
    return { member: this.#members[place], typicality };
  }

  /** The most typical of all who are left, by `count` neighbours; `undefined` if the shortlist cannot tell. */
  #mostTypical({ places, items, values, ...look }: Shortlist, count: number): Typical | undefined {
    const { lots } = this.#options;
    const taken = this.#members.length - this.#left;
    const width = items.length / places.length;
    if (width < this.#members.length - 1 && width - taken < count) return undefined;
    const squares = new Float64Array(this.#left === 1 ? 0 : count);
    let best: Typical | undefined;
    for (let rank = 0; rank < places.length; rank++) {
      const place = places[rank];
      if (this.#isTaken[place]) continue;
      for (let at = rank * width, next = 0; next < squares.length; at++) {
        if (!this.#isTaken[items[at]]) squares[next++] = values[at];
      }
      const typicality = squares.length === 0 ? 0 : typicalityOf(squares);
      const isBetter = best === undefined || typicality > best.typicality ||
        (typicality === best.typicality && lots[this.#members[place]] < lots[this.#members[best.place]]);
      if (isBetter) best = { place, typicality };
    }
    // Of equals, one who was not kept may have the smaller lot, but not right after the look.
    const isSure = taken === 0 || look.rest === -Infinity ||
      (count === look.count && best !== undefined && best.typicality > look.rest);
    return isSure ? best : undefined;
  }

  /** Looks for `count` neighbours, and a few more, of everyone who is left. */
  async #look(count: number): Promise<Shortlist> {
    const { lots, candidates } = this.#options;
    this.#members = this.#members.filter((_, place) => !this.#isTaken[place]);
    this.#isTaken = new Uint8Array(this.#left);
    const width = Math.min(this.#left - 1, count + spare);
    const { items, values } = await neighboursAmong(gatherRows(candidates, this.#members), width);
    const typicalities = Float64Array.from(
      this.#members,
      (_, place) => typicalityOf(values.subarray(place * width, place * width + Math.min(width, count))),
    );
    const best = topK(typicalities, listed + 1, { ids: Float64Array.from(this.#members, (member) => lots[member]) });
    const places = best.slice(0, listed);
    const shortlist = {
      places,
      items: new Int32Array(places.length * width),
      values: new Float64Array(places.length * width),
      count,
      rest: best.length > listed ? typicalities[best[listed]] : -Infinity,
    };
    places.forEach((place, rank) => {
      shortlist.items.set(items.subarray(place * width, (place + 1) * width), rank * width);
      shortlist.values.set(values.subarray(place * width, (place + 1) * width), rank * width);
    });
    return shortlist;
  }
}

interface Typical {
  readonly place: number;
  readonly typicality: number;
}

/** The most typical of a cluster's candidates, as they were when neighbours were last looked for. */
interface Shortlist extends Neighbours {
  /** Among the candidates, as neighbours are too. */
  readonly places: Int32Array;
  /** How many neighbours typicality was measured by. */
  readonly count: number;
  /** The largest typicality of all others; −Infinity where there are none. */
  readonly rest: number;
}

/** How many may be taken before neighbours are looked for again. */
const spare = 4;

/** Candidates whose neighbours are kept. */
const listed = 64;
