import { type Annotation, byItem } from "./annotation.ts";

/**
 * Cohen's kappa of two people's answers to the same items: κ = (p_o − p_e) / (1 − p_e), where p_o is the share of equal
 * answers and p_e the share expected by chance from how often each uses each class (Cohen, 1960, *A coefficient of
 * agreement for nominal scales*). NaN without items, or where both always give the same one class.
 *
 * @throws {RangeError} if the lengths differ
 */
export function cohenKappa(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length !== second.length) {
    const value = `${first.length} and ${second.length}`;
    throw new RangeError(`Cannot compare two annotators: they must answer the same items: current value is ${value}`);
  }
  const pairs = Array.from(first, (label, index) => [label, second[index]]);
  const share = (holds: (pair: readonly number[]) => boolean) => pairs.filter(holds).length / pairs.length;
  const observed = share(([a, b]) => a === b);
  const expected = [...new Set(pairs.flat())]
    .reduce((sum, label) => sum + share(([a]) => a === label) * share(([, b]) => b === label), 0);
  return (observed - expected) / (1 - expected);
}

/** Two annotators and how well they agree. */
export interface PairAgreement {
  readonly annotators: readonly [string, string];
  /** Items that both answered. */
  readonly items: number;
  readonly kappa: number;
}

/** {@linkcode cohenKappa} of every two annotators over the items that both answered; pairs without any are left out. */
export function pairwiseKappas(annotations: Iterable<Annotation>): PairAgreement[] {
  const answers = [...annotations];
  const place = new Map([...new Set(answers.map(({ annotator }) => annotator))].map((name, index) => [name, index]));
  const pairs = new Map<string, { annotators: [string, string]; first: number[]; second: number[] }>();
  for (const own of byItem(answers).values()) {
    const last = [...new Map(own.map(({ annotator, label }) => [annotator, label]))]
      .sort(([a], [b]) => place.get(a)! - place.get(b)!);
    for (const [index, [a, first]] of last.entries()) {
      for (const [b, second] of last.slice(index + 1)) {
        const key = JSON.stringify([a, b]);
        const pair = pairs.get(key) ?? { annotators: [a, b], first: [], second: [] };
        pairs.set(key, pair);
        pair.first.push(first);
        pair.second.push(second);
      }
    }
  }
  return [...pairs.values()].map(({ annotators, first, second }) => (
    { annotators, items: first.length, kappa: cohenKappa(first, second) }
  ));
}

/**
 * Fleiss' kappa: agreement beyond chance where each item has equally many answers, from whomever (Fleiss, 1971,
 * *Measuring nominal scale agreement among many raters*). κ = (P̄ − P̄_e) / (1 − P̄_e).
 *
 * @param counts `[items, classes]`: how many people put the item into the class
 * @throws {RangeError} if items have unequally many answers, or fewer than two
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number {
  const sum = (row: readonly number[]) => row.reduce((total, count) => total + count, 0);
  const raters = sum(counts[0] ?? []);
  const odd = counts.find((row) => sum(row) !== raters || raters < 2);
  if (odd !== undefined) {
    const rule = `every item must have equally many answers, 2 or more; the first has ${raters}`;
    throw new RangeError(`Cannot compute Fleiss' kappa: ${rule}: current value is ${sum(odd)}. Use krippendorffAlpha.`);
  }
  const agreement = sum(counts.map((row) => (sum(row.map((n) => n * n)) - raters) / (raters * (raters - 1))));
  const shares = counts[0]?.map((_, label) => sum(counts.map((row) => row[label])) / (counts.length * raters)) ?? [];
  const expected = sum(shares.map((share) => share * share));
  return (agreement / counts.length - expected) / (1 - expected);
}

/** {@linkcode fleissKappa} over those items that have exactly as many answers as most items have (2 or more). */
export function fleissKappaOf(annotations: Iterable<Annotation>): number {
  const items = [...byItem(annotations).values()].filter(({ length }) => length > 1);
  const bySize = [...Map.groupBy(items, ({ length }) => length).values()].sort((a, b) => b.length - a.length)[0] ?? [];
  const classes = Math.max(-1, ...bySize.flat().map(({ label }) => label)) + 1;
  return bySize.length === 0 ? NaN : fleissKappa(bySize.map((answers) => {
    const row = new Array<number>(classes).fill(0);
    for (const { label } of answers) row[label]++;
    return row;
  }));
}

/**
 * Krippendorff's alpha for nominal data: any number of annotators, any answers missing (Krippendorff, 2011, *Computing
 * Krippendorff's alpha-reliability*, section C). α = 1 − (n − 1) Σ_u Σ_{c≠k} n_uc n_uk / (m_u − 1) / Σ_{c≠k} n_c n_k,
 * over the items with two answers or more; NaN where only one class is used.
 */
export function krippendorffAlpha(annotations: Iterable<Annotation>): number {
  const totals = new Map<number, number>();
  let answers = 0, observed = 0;
  for (const own of byItem(annotations).values()) {
    if (own.length < 2) continue;
    const counts = Map.groupBy(own, ({ label }) => label);
    let equal = 0;
    for (const [label, { length }] of counts) {
      totals.set(label, (totals.get(label) ?? 0) + length);
      equal += length * length;
    }
    answers += own.length;
    observed += (own.length ** 2 - equal) / (own.length - 1);
  }
  const expected = answers ** 2 - [...totals.values()].reduce((sum, count) => sum + count ** 2, 0);
  return 1 - (answers - 1) * observed / expected;
}
