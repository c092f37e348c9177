import assert from "node:assert/strict";
import { compareStrategies, leaderVerdict, type LearningRun } from "curio";

const labels = [100, 200];

/** `gains` are what each strategy has over random at the end; a thousandth wavers from seed to seed. */
function runsOf(gains: Readonly<Record<string, number>>, seeds = 8): LearningRun[] {
  return Array.from(
    { length: seeds },
    (_, seed) =>
      Object.entries({ random: 0, ...gains }).map(([strategy, gain], place) => ({
        strategy,
        seed,
        labels,
        values: [0.5, 0.6 + gain + ((seed + place) % 2) / 1000],
      })),
  ).flat();
}

function verdictFor(leader: string, runs: readonly LearningRun[]): string {
  const confirmation = compareStrategies(runs.filter(({ strategy }) => ["random", leader].includes(strategy)))[0];
  return leaderVerdict(confirmation, compareStrategies(runs, { baseline: leader }));
}

Deno.test("leaderVerdict() names a leader that is better than random and than every other strategy", () => {
  const verdict = verdictFor("margin", runsOf({ margin: 0.1, entropy: 0.05 }));
  assert.match(verdict, /^Most effective is margin: margin is better than random: .* Every other strategy is found/);
});

Deno.test("leaderVerdict() says who is not told apart from the leader", () => {
  const verdict = verdictFor("margin", runsOf({ margin: 0.1, badge: 0.1, entropy: 0.05 }));
  assert.match(verdict, /^margin leads, but is not told apart from badge: which of them .* cannot be said\. margin is/);
});

Deno.test("leaderVerdict() counts a strategy that did better than the leader as not told apart", () => {
  assert.match(
    verdictFor("margin", runsOf({ margin: 0.05, badge: 0.1 })),
    /^margin leads, but is not told apart from badge/,
  );
});

Deno.test("leaderVerdict() names nobody where the leader is not found to be better than random", () => {
  assert.match(verdictFor("margin", runsOf({ margin: 0 })), /cannot be said\. no difference found between margin/);
  assert.match(verdictFor("margin", runsOf({ margin: 0.1 }, 3)), /cannot be said\. Descriptive only: with 3 seeds/);
});
