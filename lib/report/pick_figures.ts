import type { ExperimentResultCell } from "../learning/experiment.ts";
import type { Round } from "../learning/round.ts";
import type { Figure, FigureOptions } from "./figure.ts";
import { formatCount, formatPercent } from "./format.ts";
import { heatMap } from "./heat_map.ts";

/**
 * How the classes share in what was asked, round by round: a row for each class, a column for each round that asked, named
 * by the labels that its model had. Shares are of the round's answers; abstentions are left out.
 *
 * @throws {RangeError} if no round asked anything
 */
export function pickBalance(
  rounds: readonly Pick<Round, "strategy" | "labels" | "asked">[],
  classNames: readonly string[],
  { title, name }: FigureOptions = {},
): Figure {
  const asking = rounds.filter(({ asked }) => asked.length > 0);
  if (asking.length === 0) {
    throw new RangeError("Cannot draw picks: at least one round must have asked something: current value is none");
  }
  const shares = asking.map(({ asked }) => {
    const answered = asked.flatMap(({ label }) => label === null ? [] : [label]);
    return classNames.map((_, label) => answered.filter((answer) => answer === label).length / (answered.length || 1));
  });
  const total = classNames.map((_, label) => shares.reduce((sum, row) => sum + row[label], 0) / shares.length);
  const [most, least] = [total.indexOf(Math.max(...total)), total.indexOf(Math.min(...total))];
  return heatMap({
    rows: classNames,
    columns: asking.map(({ labels }) => formatCount(labels)),
    values: classNames.map((_, label) => shares.map((row) => row[label])),
  }, {
    title: title ?? `Classes of what ${asking[0].strategy} asked`,
    name,
    subtitle: "Share of each round's picks",
    summary: `Asked most: ${classNames[most]}, ${formatPercent(total[most])} of the picks on average; least: ` +
      `${classNames[least]}, ${formatPercent(total[least])}. Equal shares were ${
        formatPercent(1 / classNames.length)
      }.`,
    columnTitle: "labels before the round",
    write: (value) => formatPercent(value, 0),
  });
}

/**
 * How far strategies ask for the same items: the Jaccard index |A ∩ B| ÷ |A ∪ B| of all that two strategies asked in
 * their runs of one seed (the initial set, which they share, left out), mean over seeds. Cells of one dataset and model.
 *
 * @throws {RangeError} if no run of these cells is finished
 */
export function pickOverlap(
  cells: readonly Pick<ExperimentResultCell, "strategy" | "seed" | "status" | "rounds">[],
  { title = "Overlap of what was asked", name }: FigureOptions = {},
): Figure {
  const done = cells.filter(({ status }) => status === "done");
  if (done.length === 0) {
    throw new RangeError("Cannot compare picks: at least one run must be finished: current value is none");
  }
  const strategies = [...new Set(done.map(({ strategy }) => strategy))];
  const picks = done.map(({ strategy, seed, rounds }) => ({
    strategy,
    seed,
    items: new Set(rounds.flatMap(({ asked }) => asked.map(({ index }) => index))),
  }));
  const values = strategies.map((one) =>
    strategies.map((other) => {
      const pairs = picks.filter(({ strategy }) => strategy === one).flatMap(({ seed, items }) =>
        picks.filter((run) => run.strategy === other && run.seed === seed).map((run) => jaccard(items, run.items))
      );
      return pairs.reduce((sum, value) => sum + value, 0) / pairs.length; // NaN where they share no seed
    })
  );
  const pairs = strategies.flatMap((one, row) =>
    strategies.slice(row + 1).map((other, at) => ({ one, other, value: values[row][row + 1 + at] }))
  ).filter(({ value }) => Number.isFinite(value)).sort((one, other) => other.value - one.value);
  const text = ({ one, other, value }: typeof pairs[number]) => `${one} and ${other}, ${value.toFixed(2)}`;
  return heatMap({ rows: strategies, columns: strategies, values }, {
    title,
    name,
    subtitle: "Jaccard index of all items asked, mean over seeds; 1: the same items",
    summary: pairs.length === 0
      ? "There is one strategy, and nothing to compare it with."
      : `Most alike: ${text(pairs[0])}; least: ${text(pairs[pairs.length - 1])}.`,
    write: (value) => value.toFixed(2),
    most: 1,
  });
}

function jaccard(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  const joint = one.union(other).size;
  return joint === 0 ? 1 : one.intersection(other).size / joint;
}
