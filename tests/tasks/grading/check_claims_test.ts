import assert from "node:assert/strict";
import { checkClaims } from "../../../lib/tasks/grading/check_claims.ts";
import { honestRecord, names, predictions, testImages } from "./sample_record.ts";

/** What is found in a claim of so many right of a hundred, where the re-execution has 79 and there is no reference. */
function causesOf(right: number) {
  const record = structuredClone(honestRecord());
  record.claims[names[0]].metrics.testAccuracy.value = right / 100;
  record.claimedEvidence[names[0]].metrics.testAccuracy = {
    statistic: "accuracy",
    predictions: [predictions(right)],
  };
  return checkClaims(record, { testImages, reference: undefined }).findings.map(({ cause }) => cause);
}

Deno.test("checkClaims() allows for chance on a small test set where there is no reference", () => {
  // 4·√(2·0.79·0.21/100) + 0.05 = 0.28
  assert.deepEqual([causesOf(92), causesOf(53)], [[], []]);
});

Deno.test("checkClaims() knows a claim that neither chance nor the seed explains", () => {
  const record = honestRecord();
  assert.ok(record.reruns.length > 1);
  assert.deepEqual(causesOf(45), [null]); // worse than it is: odd, no forgery
  const poor = structuredClone(record);
  for (const { notebooks: [first] } of poor.reruns) {
    first.metrics!.metrics.testAccuracy.value = 0.4;
    first.evidence!.metrics.testAccuracy = { statistic: "accuracy", predictions: [predictions(40)] };
  }
  // 4·√(2·0.4·0.6/100) + 0.05 = 0.33
  const { findings } = checkClaims(poor, { testImages, reference: undefined });
  assert.ok(findings.some(({ cause, text }) => cause === "forged-metrics" && text.includes("0.4000")));
});

Deno.test("checkClaims() believes a notebook's own tolerance, within reason", () => {
  const found = (value: number, tolerance: number) => {
    const record = structuredClone(honestRecord());
    record.claims[names[0]].metrics.testAccuracy.value = value;
    delete record.claimedEvidence[names[0]];
    for (const { notebooks: [first] } of record.reruns) {
      first.metrics!.metrics.testAccuracy = { value: 0.5, tolerance };
      first.evidence = null; // then a thousand test images: 4·√(2·0.5·0.5/1000) = 0.09
    }
    return checkClaims(record, { testImages, reference: undefined }).findings
      .some(({ cause, text }) => cause === "forged-metrics" && text.startsWith("testAccuracy"));
  };
  assert.deepEqual([found(0.63, 0), found(0.65, 0)], [false, true]);
  assert.deepEqual([found(0.65, 0.15), found(0.75, 0.15), found(0.75, 0.9)], [false, true, true]);
});
