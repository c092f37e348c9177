import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Annotation,
  cohenKappa,
  dawidSkene,
  disagreements,
  fleissKappa,
  fleissKappaOf,
  goldAccuracy,
  krippendorffAlpha,
  majorityVote,
  pairwiseKappas,
} from "curio";

const close = (actual: number, expected: number, within = 5e-4) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

const answers = (rows: Readonly<Record<string, readonly (number | undefined)[]>>): Annotation[] =>
  Object.entries(rows).flatMap(([annotator, labels]) =>
    labels.flatMap((label, item) => label === undefined ? [] : [{ item, annotator, label }])
  );

Deno.test("majorityVote() takes the class with most votes and leaves ties open", () => {
  const votes = majorityVote(answers({ anna: [0, 1, 2], ben: [0, 2, 2], cleo: [1, undefined, 2] }));
  assert.deepEqual(votes.map(({ label }) => label), [0, undefined, 2]);
  assert.deepEqual(votes.map(({ share }) => share), [2 / 3, 1 / 2, 1]);
  assert.deepEqual([...votes[0].votes], [[0, 2], [1, 1]]);
});

Deno.test("disagreements() queues the most divided items first and leaves out what all agree on", () => {
  const annotations = answers({ anna: [0, 0, 1, 2], ben: [0, 0, 1, 0], cleo: [0, 1, 1, 1] });
  assert.deepEqual(disagreements(annotations).map(({ item }) => item), [3, 1]);
});

Deno.test("cohenKappa() gives 0.4 for 20, 5, 10 and 15 answers", () => {
  // (0.7 − 0.5) / (1 − 0.5), by hand
  const pairs = [[20, 0, 0], [5, 0, 1], [10, 1, 0], [15, 1, 1]];
  const side = (which: 1 | 2) => pairs.flatMap((pair) => new Array<number>(pair[0]).fill(pair[which]));
  close(cohenKappa(side(1), side(2)), 0.4, 1e-12);
});

Deno.test("cohenKappa() is scikit-learn's", () => {
  // sklearn.metrics.cohen_kappa_score, 1.7
  close(cohenKappa([0, 1, 2, 2, 1, 0, 1, 2], [0, 1, 1, 2, 1, 0, 2, 2]), 0.6190476190476191, 1e-12);
  close(cohenKappa([0, 0, 1, 1, 2, 3], [0, 1, 1, 1, 3, 2]), 0.3076923076923077, 1e-12);
  assert.throws(() => cohenKappa([1], [1, 2]), /the same items: current value is 1 and 2/);
});

Deno.test("pairwiseKappas() compares on the items that both answered", () => {
  const pairs = pairwiseKappas(answers({ a: [0, 1, 1, undefined], b: [0, 1, undefined, 1], c: [, , , 0] }));
  assert.deepEqual(pairs.map(({ annotators, items }) => [...annotators, items]), [["a", "b", 2], ["b", "c", 1]]);
  assert.equal(pairs[0].kappa, 1);
});

Deno.test("fleissKappa() is 0.210 in the worked example of 14 raters and 10 subjects", () => {
  // the table of Wikipedia's article "Fleiss' kappa"
  const counts = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  close(fleissKappa(counts), 0.20993, 1e-5);
  const annotations = counts.flatMap((row, item) =>
    row.flatMap((count, label) => new Array<number>(count).fill(label))
      .map((label, rater) => ({ item, annotator: `${rater}`, label }))
  );
  close(fleissKappaOf([...annotations, { item: 99, annotator: "0", label: 1 }]), 0.20993, 1e-5);
  assert.throws(() => fleissKappa([[2, 1], [1, 1]]), /equally many answers.*current value is 2/);
});

Deno.test("krippendorffAlpha() is 0.743 in Krippendorff's own example with gaps", () => {
  // Krippendorff (2011), section C: four observers, twelve units
  const _ = undefined;
  const annotations = answers({
    a: [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    b: [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    c: [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    d: [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
  });
  close(krippendorffAlpha(annotations), 0.743);
});

// Dawid and Skene (1979), table 1: 45 patients, the first anaesthetist asked three times, four others once.
const patients = "1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 " +
  "1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 " +
  "2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 " +
  "1111111 1212111 2322222 1211111 2222222";

Deno.test("dawidSkene() finds the shares of the classes in the paper's own data", () => {
  const annotations = patients.split(" ").flatMap((row, item) =>
    [...row].map((digit, place) => ({ item, annotator: `${Math.max(0, place - 2)}`, label: Number(digit) - 1 }))
  );
  const { priors, labels, confusions, posteriors } = dawidSkene(annotations);
  // table 2 of the paper
  [0.40, 0.42, 0.11, 0.07].forEach((share, label) => close(priors[label], share, 0.005));
  [0.89, 0.11, 0, 0].forEach((share, label) => close(confusions.get("0")![0][label], share, 0.005));
  assert.deepEqual([labels[0], labels[10], labels[44]], [0, 3, 1], "where all five agree");
  for (const row of posteriors) close(row.reduce((sum, share) => sum + share), 1, 1e-9);
});

Deno.test("dawidSkene() listens to the reliable: two who guess do not outvote three who know", () => {
  const truth = Array.from({ length: 60 }, (_, item) => item % 3);
  const good = (shift: number) => truth.map((label, item) => item % 10 === shift ? (label + 1) % 3 : label);
  const bad = (step: number) => truth.map((_, item) => Math.floor(item * step) % 3);
  const { labels } = dawidSkene(answers({ a: good(1), b: good(4), c: good(7), d: bad(0.7), e: bad(1.3) }));
  assert.deepEqual(labels, truth);
  assert.throws(() => dawidSkene(answers({ a: [3] }), { classCount: 3 }), /0…2: current value is 3/);
});

Deno.test("measures of agreement are 1 where all agree, and names and order of classes do not matter", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 30 });
  fc.assert(fc.property(labels, labels, (a, b) => {
    const length = Math.min(a.length, b.length);
    const [first, second] = [[0, 1, ...a.slice(0, length)], [0, 1, ...b.slice(0, length)]];
    close(cohenKappa(first, first), 1, 1e-12);
    close(krippendorffAlpha(answers({ first, second: first })), 1, 1e-12);
    close(cohenKappa(first, second), cohenKappa(second, first), 1e-12);
    const renamed = (row: readonly number[]) => row.map((label) => 3 - label);
    const alpha = krippendorffAlpha(answers({ first, second }));
    close(krippendorffAlpha(answers({ first: renamed(first), second: renamed(second) })), alpha, 1e-12);
  }));
});

Deno.test("goldAccuracy() counts only items whose class is known", () => {
  const gold = new Map([[0, 1], [2, 0]]);
  const [anna, ...others] = goldAccuracy(answers({ anna: [1, 0, 1], ben: [, 1] }), gold);
  assert.deepEqual([anna.annotator, anna.right, anna.of, anna.accuracy], ["anna", 1, 2, 0.5]);
  assert.deepEqual(others, []);
});
