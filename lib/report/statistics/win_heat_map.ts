import type { Figure, FigureOptions } from "../figure.ts";
import { formatNumber } from "../format.ts";
import { heatMap } from "../heat_map.ts";
import type { WinMatrix } from "./win_matrix.ts";

/**
 * A {@linkcode winMatrix} as a picture: a row for who wins, a column for who loses, the mean of each column below. The
 * strategies that are beaten least stand first.
 */
export function winHeatMap(
  { strategies, settings, wins, beaten }: WinMatrix,
  { title = "Who beats whom", name }: FigureOptions = {},
): Figure {
  const order = strategies.map((_, place) => place).sort((one, other) => beaten[one] - beaten[other]);
  const names = order.map((place) => strategies[place]);
  const [best, worst] = [order[0], order[order.length - 1]];
  return heatMap({
    rows: [...names, "mean: is beaten"],
    columns: names,
    values: [
      ...order.map((row) => order.map((column) => row === column ? NaN : wins[row][column])),
      order.map((place) => beaten[place]),
    ],
  }, {
    title,
    name,
    subtitle: `Share of budgets at which the row beats the column (paired t), of at most ${settings}; a description`,
    summary: `Beaten least: ${strategies[best]}, ${formatNumber(round(beaten[best]))} on average; most: ` +
      `${strategies[worst]}, ${formatNumber(round(beaten[worst]))}; ${settings} is the most there could be.`,
    rowTitle: "beats",
    columnTitle: "is beaten",
    write: (value) => value.toFixed(2),
    most: settings,
  });
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
