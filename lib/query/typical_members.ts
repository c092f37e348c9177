import { gatherRows, type Matrix } from "../runtime/matrix.ts";
import type { Neighbours } from "./nearest_neighbours.ts";
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
 * in the lists; again only when so many were taken that a list may be too short.
 */
export class TypicalMembers {
  readonly #options: MemberOptions;
  #members: Int32Array;
  #isTaken: Uint8Array;
  #left: number;
  #found: Neighbours | undefined;

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
    const { lots, neighbours } = this.#options;
    const count = Math.min(neighbours, Math.max(1, this.#left >> 1));
    const { items, values } = await this.#neighbours(count);
    const width = items.length / this.#members.length;
    const squares = new Float64Array(this.#left === 1 ? 0 : count);
    let best = -1;
    let highest = 0;
    for (let place = 0; place < this.#members.length; place++) {
      if (this.#isTaken[place]) continue;
      for (let at = place * width, rank = 0; rank < squares.length; at++) {
        if (!this.#isTaken[items[at]]) squares[rank++] = values[at];
      }
      const its = squares.length === 0 ? 0 : typicalityOf(squares);
      const isBetter = its > highest || (its === highest && lots[this.#members[place]] < lots[this.#members[best]]);
      if (best >= 0 && !isBetter) continue;
      best = place;
      highest = its;
    }
    this.#isTaken[best] = 1;
    this.#left--;
    return { member: this.#members[best], typicality: highest };
  }

  /** Lists in which everyone who is left finds `count` others who are. */
  async #neighbours(count: number): Promise<Neighbours> {
    const taken = this.#members.length - this.#left;
    const width = this.#found === undefined ? 0 : this.#found.items.length / this.#members.length;
    if (this.#found && (width === this.#members.length - 1 || width - taken >= count)) return this.#found;
    this.#members = this.#members.filter((_, place) => !this.#isTaken[place]);
    this.#isTaken = new Uint8Array(this.#left);
    const rows = gatherRows(this.#options.candidates, this.#members);
    return this.#found = await neighboursAmong(rows, Math.min(this.#left - 1, count + spare));
  }
}

/** How many may be taken before neighbours are looked for again. */
const spare = 4;
