import type { Matrix } from "../runtime/matrix.ts";
import type { Need, PoolView } from "./pool_view.ts";

/** Which models a strategy asks for their opinions. */
export interface OpinionOptions {
  /** Passes of one network with dropout left on (default), or the members of an ensemble. */
  readonly over?: "dropoutPasses" | "committee";
}

/** What a strategy with these options needs, and how to read it. */
export function opinions({ over = "dropoutPasses" }: OpinionOptions): {
  readonly needs: readonly Need[];
  read(view: PoolView): Promise<readonly Matrix[]>;
} {
  return { needs: [over], read: (view) => view[over]() };
}

/**
 * The mean of matrices of one shape, in float64 inside: the consensus of a committee.
 *
 * @throws {RangeError} if there are none, or their shapes differ
 */
export function meanMatrix(members: readonly Matrix[]): Matrix {
  checkMembers(members);
  const [{ rows, columns }] = members;
  const data = new Float32Array(rows * columns);
  for (let at = 0; at < data.length; at++) {
    let sum = 0;
    for (const member of members) sum += member.data[at];
    data[at] = sum / members.length;
  }
  return { rows, columns, data };
}

/** @throws {RangeError} if there are no members, or their shapes differ */
export function checkMembers(members: readonly Matrix[]): void {
  if (members.length === 0) {
    throw new RangeError("Cannot compare opinions: there must be at least one member or pass: current value is 0");
  }
  const [{ rows, columns }] = members;
  const strange = members.find((member) => member.rows !== rows || member.columns !== columns);
  if (strange) {
    throw new RangeError(
      `Cannot compare opinions: every member must have the shape of the first, ${rows} × ${columns}: ` +
        `current value is ${strange.rows} × ${strange.columns}`,
    );
  }
}
