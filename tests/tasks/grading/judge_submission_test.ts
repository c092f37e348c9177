import assert from "node:assert/strict";
import fc from "fast-check";
import { showsItsSeed, studySeeds } from "../../../lib/tasks/grading/check_seeds.ts";
import { judgeSubmission } from "../../../lib/tasks/grading/judge_submission.ts";
import { readRubric } from "../../../lib/tasks/grading/rubric.ts";
import { SubmissionRecord } from "../../../lib/tasks/grading/submission_record.ts";
import { causes } from "../../../lib/tasks/grading/verdict.ts";
import { honestRecord, names, predictions, rerunAt, sampleReference, testImages } from "./sample_record.ts";

const rubric = await readRubric();
const options = { rubric, testImages, reference: sampleReference() };

type Draft = ReturnType<typeof honestRecord>;

/** The verdict on an honest submission after one thing about it has been changed. */
function judged(change: (record: Draft) => void, how: Partial<typeof options> = {}) {
  const record = structuredClone(honestRecord());
  change(record);
  return judgeSubmission(SubmissionRecord.parse(record), { ...options, ...how });
}

const textsOf = ({ findings }: ReturnType<typeof judgeSubmission>) => findings.map(({ text }) => text).join("\n");

Deno.test("judgeSubmission() gives an honest submission every point and finds nothing", () => {
  const verdict = judged(() => {});
  assert.deepEqual(verdict.findings, []);
  assert.deepEqual([verdict.cause, verdict.total, verdict.of], ["sound", 100, 100]);
  const [first] = verdict.comparisons;
  // 79 of 100 by the student's seed 1, 79 by the grader's seed 7.
  assert.deepEqual(
    [first.metric, first.claimed, first.recomputedClaim, first.rerun, first.recomputedRerun],
    ["testAccuracy", 0.79, 0.79, 0.79, 0.79],
  );
  assert.ok(first.low! < 0.78 && first.high! > 0.8);
});

Deno.test("judgeSubmission() gives the same verdict for the same submission, however often it is asked", () => {
  const record = honestRecord();
  const [once, again] = [record, structuredClone(record)].map((each) => judgeSubmission(each, options));
  assert.equal(JSON.stringify(once), JSON.stringify(again));
});

Deno.test("judgeSubmission() knows claims that were edited by the predictions that came with them", () => {
  const verdict = judged(({ claims }) => claims[names[0]].metrics.testAccuracy.value = 0.84);
  assert.equal(verdict.cause, "forged-metrics");
  assert.match(
    textsOf(verdict),
    /testAccuracy is claimed to be 0\.8400; computed from the predictions .* it is 0\.7900/,
  );
  assert.equal(verdict.total, 0);
});

Deno.test("judgeSubmission() knows claims without evidence by the re-execution and the reference", () => {
  const verdict = judged(({ claims, claimedEvidence }) => {
    claims[names[0]].metrics.testAccuracy.value = 0.97;
    delete claimedEvidence[names[0]];
  });
  assert.equal(verdict.cause, "forged-metrics");
  assert.match(textsOf(verdict), /claimed to be 0\.9700; executed again it is 0\.7900, where two runs lie at most/);
});

Deno.test("judgeSubmission() lets a claim differ from the re-execution by what seeds differ", () => {
  const verdict = judged(({ claims, claimedEvidence }) => {
    claims[names[0]].metrics.testAccuracy.value = 0.81;
    claimedEvidence[names[0]].metrics.testAccuracy = { statistic: "accuracy", predictions: [predictions(81)] };
  });
  assert.equal(verdict.cause, "sound");
});

Deno.test("judgeSubmission() knows a notebook that states other numbers than its own predictions give", () => {
  const verdict = judged(({ reruns: [{ notebooks: [first] }] }) => first.metrics!.metrics.testAccuracy.value = 0.8);
  assert.equal(verdict.cause, "forged-metrics");
  assert.match(textsOf(verdict), /stated as 0\.8000; computed again from its own predictions it is 0\.7900/);
});

Deno.test("judgeSubmission() knows predictions that the library did not make", () => {
  const forge = (right: number) =>
    judged(({ reruns: [{ notebooks: [first] }] }) => {
      first.metrics!.metrics.testAccuracy.value = right / 100;
      first.evidence!.metrics.testAccuracy = { statistic: "accuracy", predictions: [predictions(right)] };
    });
  assert.equal(forge(99).cause, "forged-metrics");
  assert.match(textsOf(forge(99)), /the library made no such predictions .* the reference ends at/);
  // Within the reference it may be a way of predicting that the library does not see: no points, no accusation.
  const doubtful = forge(78);
  assert.equal(doubtful.cause, "unverified");
  assert.match(doubtful.requirements[0].reason, /testAccuracy cannot be confirmed/);
  assert.equal(doubtful.requirements[0].points, 12);
});

Deno.test("judgeSubmission() takes no number without any prediction behind it", () => {
  const invent = (value: number) =>
    judged(({ reruns: [{ notebooks: [first] }] }) => {
      first.metrics!.metrics.testAccuracy.value = value;
      first.evidence = null;
    });
  assert.deepEqual([invent(0.99).cause, invent(0.8).cause, invent(0.79).cause], [
    "forged-metrics",
    "unverified",
    "sound", // a prediction of that accuracy was made
  ]);
});

Deno.test("judgeSubmission() refuses evidence about other images than the test images, or the same ones twice", () => {
  const verdict = judged(({ reruns: [{ notebooks: [first] }] }) => {
    first.evidence!.test.images = btoa("\xff".repeat(8 * 100));
  });
  assert.equal(verdict.cause, "unverified");
  assert.match(textsOf(verdict), /100 of its 100 test images are none of the test images of made up/);
  const easy = judged(({ reruns: [{ notebooks: [first] }] }) => {
    first.evidence!.test.images = btoa(`\x01${"\0".repeat(7)}`.repeat(100));
  });
  assert.match(textsOf(easy), /1 of its test images are counted more than once/);
});

const leaks: readonly [how: string, change: (record: Draft) => void, text: RegExp][] = [
  [
    "learnt from",
    ({ reruns: [{ notebooks: [first] }] }) => first.trail!.fits[0].learntFrom = { images: 2850, test: 100 },
    /A model learnt from 100 test images, among 2850 images in all/,
  ],
  [
    "used for early stopping",
    ({ reruns: [{ notebooks: [first] }] }) => first.trail!.fits[0].stoppedBy = { images: 100, test: 100 },
    /its best weights were chosen, by 100 test images/,
  ],
  [
    "looked at while choosing",
    ({ reruns: [{ notebooks: [first] }] }) => {
      const [last] = first.trail!.predictions;
      first.trail!.predictions = [3, 2, 1, 0].map((fitsAfter) => ({ ...last, fitsAfter, digest: `${fitsAfter}` }));
      first.trail!.predictions[3].digest = last.digest;
    },
    /The results of 3 models on the test images were seen before the last training/,
  ],
];

for (const [how, change, text] of leaks) {
  Deno.test(`judgeSubmission() finds test images ${how}, and gives no points in that notebook`, () => {
    const verdict = judged(change);
    assert.equal(verdict.cause, "test-leakage");
    assert.match(textsOf(verdict), text);
    assert.deepEqual(verdict.requirements.map(({ points }) => points), [0, 20, 25, 20, 13]);
  });
}

Deno.test("judgeSubmission() finds test images in a pool", () => {
  const verdict = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    third.trail!.pools[0] = { images: 1100, test: 100 };
  });
  assert.equal(verdict.cause, "test-leakage");
  assert.match(textsOf(verdict), /could choose among 100 test images, in a pool of 1100/);
});

Deno.test("judgeSubmission() forgives a look at the test images before an exercise is trained, however often", () => {
  const looking = (digests: readonly string[]) =>
    judged(({ reruns: [{ notebooks: [first] }] }) => {
      const [last] = first.trail!.predictions;
      first.trail!.predictions = [...digests.map((digest) => ({ ...last, fitsAfter: 1, digest })), last];
    });
  assert.deepEqual(looking(["a", "a", "a"]).findings, []);
  const twice = looking(["a", "b"]);
  assert.deepEqual([twice.cause, twice.total], ["sound", 100]);
  assert.match(textsOf(twice), /2 models on the test images/);
});

Deno.test("judgeSubmission() finds a seed that is ignored, whatever the metrics file says of it", () => {
  const said = judged(({ reruns: [, second] }) => second.notebooks[0].metrics!.seed = 1);
  assert.equal(said.cause, "seed-ignored");
  assert.match(textsOf(said), /was given the seed 8 and says that it ran with 1/);
  const silent = judged((record) => {
    const [first] = record.reruns;
    record.reruns[1] = { ...structuredClone(first), seed: 8 };
    for (const { metrics } of record.reruns[1].notebooks) metrics!.seed = 8;
  });
  assert.equal(silent.cause, "seed-ignored");
  assert.match(textsOf(silent), /With the seeds 7 and 8, all 5 metrics are equal to the last digit/);
  assert.deepEqual(silent.requirements.map(({ points }) => points), [14, 14, 15, 20, 15]);
});

Deno.test("judgeSubmission() wants the same numbers from the same seed", () => {
  const repeat = (shift: number) =>
    judged((record) => {
      record.reruns[1] = rerunAt(7, shift);
    });
  assert.equal(repeat(1).cause, "sound");
  assert.equal(repeat(2).cause, "irreproducible");
  assert.match(textsOf(repeat(2)), /Run twice with the seed 7, testAccuracy is 0\.7900 and 0\.8000; 99\.0 % of the/);
});

Deno.test("judgeSubmission() finds a study that begins from the same seeds whatever the notebook is given", () => {
  const fixed = (record: Draft, seed: number) =>
    record.reruns[0].notebooks[2].evidence!.runs.forEach((run, place) => run.seed = seed + Math.floor(place / 4));
  // As it was handed in, at the seed 1, the runs began with 1001.
  const verdict = judged((record) => fixed(record, 1001));
  assert.equal(verdict.cause, "seed-ignored");
  assert.match(textsOf(verdict), /"CNN, AULC" begin with the seed 1001, as .* given 1; it was given 7/);
  assert.equal(judged((record) => fixed(record, 1002)).cause, "sound");
  const sameSeed = judged((record) => {
    fixed(record, 1001);
    record.claims[names[2]].seed = 7;
  });
  assert.equal(sameSeed.cause, "sound");
});

Deno.test("studySeeds() has nothing to show where nothing was handed in, and one line for each study otherwise", () => {
  const record = honestRecord();
  const [{ seed, notebooks: [first, , third] }] = record.reruns;
  assert.deepEqual(studySeeds(record, { ...third, seed }), [
    { study: "CNN, AULC", claimed: 1001, again: 7001, claimedAt: 1 },
  ]);
  assert.deepEqual(studySeeds(record, { ...first, seed }), []);
  assert.deepEqual(studySeeds({ claims: {}, claimedEvidence: {} }, { ...third, seed }), []);
});

Deno.test("showsItsSeed() wants every training to draw from the seed, or studies beside those handed in", () => {
  const record = honestRecord();
  const [{ seed, notebooks: [first, , third] }] = record.reruns;
  const alone = { claims: {}, claimedEvidence: {} };
  assert.equal(showsItsSeed(alone, { ...first, seed }), true);
  assert.equal(showsItsSeed(alone, { ...third, seed }), false); // it draws from 7001
  assert.equal(showsItsSeed(record, { ...third, seed }), true);
  const drawing = (...keys: (string | null)[]) => {
    const fits = keys.map((random) => ({ ...first.trail!.fits[0], random }));
    return showsItsSeed(alone, { ...first, seed, trail: { ...first.trail!, fits } });
  };
  assert.deepEqual([drawing("number:7"), drawing("number:7/string:fit", null)], [true, true]);
  assert.deepEqual([drawing("number:7", "number:1"), drawing("number:70"), drawing(null), drawing()], [
    ...[false, false, false, false],
  ]);
  assert.equal(showsItsSeed(alone, { ...first, seed, trail: null }), false);
});

Deno.test("judgeSubmission() finds strategies that begin with other labels", () => {
  const verdict = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    for (const runs of [third.evidence!.runs, third.trail!.runs]) {
      runs[3].initial = runs[3].initial.map((item) => item + 5);
    }
  });
  assert.equal(verdict.cause, "unfair-comparison");
  assert.match(textsOf(verdict), /random begins with 20 labels and badge with 20, of which 15 are the same/);
  // Where the notebook compares by means of its own, the library has seen it all the same.
  const own = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    third.evidence!.runs = [];
    third.trail!.runs[3].initial = third.trail!.runs[3].initial.map((item) => item + 5);
  });
  assert.match(textsOf(own), /Of 20 labels that random and badge begin with at the same seed, 15 are the same/);
});

Deno.test("judgeSubmission() finds strategies that have no seed in common, or are measured at other budgets", () => {
  const apart = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    third.evidence!.runs.forEach((run, place) => run.seed = place);
  });
  assert.match(textsOf(apart), /no two of 4 strategies were run from the same seed/);
  const longer = judged(({ reruns: [{ notebooks: [, , third] }] }) => third.evidence!.runs[1].rounds.pop());
  assert.match(textsOf(longer), /random is measured at 30, 50, 70 labels and margin at 30, 50/);
});

Deno.test("judgeSubmission() counts the labels that were bought", () => {
  const verdict = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    for (const runs of [third.evidence!.runs, third.trail!.runs]) runs[1].rounds[1].labels = 45;
  });
  assert.equal(verdict.cause, "labels-miscounted");
  assert.match(textsOf(verdict), /In round 1, a model of margin learnt from 45 labels, where 40 had been bought/);
  const twice = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    for (const runs of [third.evidence!.runs, third.trail!.runs]) {
      const [first, second] = runs[1].rounds;
      second.asked.splice(0, 3, ...first.asked.slice(0, 3));
    }
  });
  assert.match(textsOf(twice), /margin asked again for 3 labels that it had/);
});

Deno.test("judgeSubmission() finds models that learnt from more than the labels that are said", () => {
  const verdict = judged(({ reruns: [{ notebooks: [, , third] }] }) => {
    for (const prediction of third.trail!.predictions) prediction.learntFrom = { images: 500, test: 0 };
  });
  assert.equal(verdict.cause, "labels-miscounted");
  assert.match(textsOf(verdict), /is said to have learnt from 20 labels; it had learnt from 500 images/);
});

Deno.test("judgeSubmission() gives fewer points for a result below the reference, and none fewer for one above", () => {
  const at = (right: number) =>
    judged((record) => {
      record.reruns.forEach((rerun) => rerun.notebooks[0] = rerunAt(rerun.seed, right - 78).notebooks[0]);
      record.reruns.pop();
      delete record.claims[names[0]];
      delete record.claimedEvidence[names[0]];
    });
  const [poor, good] = [at(60), at(95)];
  assert.equal(poor.cause, "out-of-range");
  assert.match(poor.requirements[0].reason, /testAccuracy is 0\.6000, below the reference range/);
  assert.deepEqual([poor.requirements[0].points, good.requirements[0].points], [12, 20]);
  assert.equal(good.cause, "sound");
  assert.match(textsOf(good), /testAccuracy is stated as 0\.9500, better than the reference range/);
});

Deno.test("judgeSubmission() names the cause of a submission that cannot run", () => {
  const ending = (outcome: Draft["reruns"][0]["notebooks"][0]["outcome"]) =>
    judged(({ reruns }) => {
      reruns.length = 1;
      reruns[0].notebooks[1] = {
        ...{ notebook: names[1], outcome, cell: 3, of: 36, error: "TypeError: no\n  at 3:1", seconds: 1 },
        ...{ metrics: null, evidence: null, trail: null },
      };
    });
  const expected = {
    "failed": "cell-failed",
    "syntax error": "syntax-error",
    "did not start": "does-not-start",
    "timed out": "timed-out",
    "out of memory": "out-of-memory",
    "not run": "incomplete",
  } as const;
  for (const [outcome, cause] of Object.entries(expected) as [keyof typeof expected, string][]) {
    const verdict = ending(outcome);
    assert.equal(verdict.cause, cause);
    assert.match(textsOf(verdict), /in cell 3 of 36: TypeError: no$/m);
    assert.deepEqual(verdict.requirements.map(({ points }) => points), [20, 0, 25, 20, 15]);
  }
  assert.equal(ending("skipped").cause, "sound");
});

Deno.test("judgeSubmission() gives no points to what broke out, and says why", () => {
  const kinds = {
    "network": "network",
    "writes outside": "tampering",
    "process limit": "process-limit",
    "disk limit": "disk-limit",
  } as const;
  for (const [kind, cause] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
    const verdict = judged((record) => record.violations.push({ kind, notebook: names[0], detail: "It tried." }));
    assert.deepEqual([verdict.cause, verdict.total], [cause, 0]);
    assert.match(verdict.requirements[4].reason, /No points at all/);
  }
});

Deno.test("judgeSubmission() knows a trail that was meddled with", () => {
  const verdict = judged(({ reruns: [{ notebooks: [first] }] }) => first.trail!.faults.push("Line 3 is damaged."));
  assert.deepEqual([verdict.cause, verdict.total], ["tampering", 0]);
});

Deno.test("judgeSubmission() judges what was never executed, and what has no claims and no reference", () => {
  const nothing = judged((record) => record.reruns.length = 0);
  assert.equal(nothing.cause, "incomplete");
  const missing = judged(({ reruns }) => reruns.forEach(({ notebooks }) => notebooks.pop()));
  assert.match(textsOf(missing), /There is no such notebook/);
  const record = { ...honestRecord(), claims: {}, claimedEvidence: {} };
  const verdict = judgeSubmission(record, { rubric, testImages });
  assert.equal(verdict.cause, "sound");
  assert.equal(verdict.total, 94);
});

Deno.test("judgeSubmission() says that it cannot look into a submission's own library", () => {
  const verdict = judged((record) => {
    record.library = "own";
    for (const { notebooks } of record.reruns) notebooks.forEach((each) => each.trail = null);
  });
  assert.equal(verdict.cause, "sound");
  assert.match(textsOf(verdict), /its own library/);
});

Deno.test("judgeSubmission() mentions numbers in the text that no metric is near, and takes no points for them", () => {
  const verdict = judged(({ markdown }) => {
    markdown.push({ file: "notebooks/01_baseline_cnn.ipynb", cell: 7, text: "Our test accuracy is **93.5 %**." });
    markdown.push({ file: "notebooks/01_baseline_cnn.ipynb", cell: 8, text: "Our test accuracy is 79 %." });
  });
  assert.deepEqual([verdict.cause, verdict.total, verdict.findings.length], ["sound", 100, 1]);
  assert.match(textsOf(verdict), /cell 7, says "Our test accuracy is 93\.5 %\."; the nearest metric is testAccuracy/);
});

Deno.test("judgeSubmission() never gives more than the points there are, whatever is wrong", () => {
  const outcome = fc.constantFrom("passed", "failed", "timed out", "skipped", "not run", "syntax error" as const);
  const noise = fc.record({
    outcomes: fc.array(outcome, { minLength: 3, maxLength: 3 }),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.subarray(["evidence", "trail", "metrics"] as const),
  });
  fc.assert(
    fc.property(noise, ({ outcomes, value, drop }) => {
      const verdict = judged(({ reruns: [{ notebooks }] }) => {
        notebooks.forEach((each, place) => each.outcome = outcomes[place]);
        notebooks[0].metrics!.metrics.testAccuracy.value = value;
        for (const part of drop) notebooks[0][part] = null;
      });
      assert.ok(verdict.total >= 0 && verdict.total <= verdict.of);
      assert.equal(verdict.of, 100);
      const gravity = verdict.findings.map(({ cause }) => cause === null ? causes.length : causes.indexOf(cause));
      assert.deepEqual(gravity, gravity.toSorted((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});
