import * as Plot from "@observablehq/plot";
import type { Evaluation } from "../training/evaluation.ts";
import { chart, grid } from "./chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatCount, formatPercent } from "./format.ts";
import { ink, seriesColors } from "./palette.ts";

const width = 440;
const diagramHeight = 330;
const histogramHeight = 130;

/**
 * Whether confidences can be believed: the accuracy of predictions over their confidence (Guo et al., 2017, fig. 1),
 * with the diagonal on which both are equal, and below how many predictions have which confidence. Bars below the
 * diagonal are over-confident.
 *
 * @throws {RangeError} if no image was evaluated
 */
export function reliabilityDiagram(
  evaluation: Evaluation,
  { title = "Reliability", name }: FigureOptions = {},
): Figure {
  const { reliability, count, accuracy, calibrationError } = evaluation;
  const bins = reliability.filter((bin) => bin.count > 0);
  if (bins.length === 0) {
    throw new RangeError("Cannot draw a reliability diagram: at least one image must be evaluated: current value is 0");
  }
  const confidence = bins.reduce((sum, bin) => sum + bin.confidence * bin.count, 0) /
    bins.reduce((sum, bin) => sum + bin.count, 0);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const frame = { width, marginLeft: 56, marginRight: 16 };
  const x = { domain: [0, 1] };
  const diagram = chart({
    ...frame,
    height: diagramHeight,
    marginTop: 26,
    marginBottom: 26,
    x,
    y: { domain: [0, 1] },
    marks: [
      grid,
      Plot.axisX({ tickSize: 4, ticks: 5, tickFormat: percent, label: null }),
      Plot.axisY({ tickSize: 0, ticks: 5, tickFormat: percent, label: "accuracy", labelArrow: "none" }),
      Plot.rectY(bins, {
        x1: "low",
        x2: "high",
        y: "accuracy",
        fill: seriesColors[0],
        fillOpacity: 0.75,
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.line([[0, 0], [1, 1]], { stroke: ink.text, strokeDasharray: "4 3" }),
      Plot.link(bins, {
        x1: "confidence",
        x2: "confidence",
        y1: "accuracy",
        y2: "confidence",
        stroke: seriesColors[1],
        strokeWidth: 2,
      }),
      Plot.dot(bins, { x: "confidence", y: "accuracy", fill: seriesColors[1], r: 3 }),
    ],
  });
  const histogram = chart({
    ...frame,
    height: histogramHeight,
    marginTop: 26,
    marginBottom: 40,
    x,
    y: { nice: true },
    marks: [
      Plot.axisX({
        tickSize: 4,
        ticks: 5,
        tickFormat: percent,
        label: "confidence",
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.axisY({ tickSize: 0, ticks: 3, tickFormat: formatCount, label: "images", labelArrow: "none" }),
      Plot.rectY(bins, { x1: "low", x2: "high", y: "count", fill: ink.baseline, insetLeft: 0.5, insetRight: 0.5 }),
    ],
  }, { y: diagramHeight });
  const lean = confidence > accuracy ? "over-confident" : "under-confident";
  return drawFigure({
    title,
    subtitle: `Expected calibration error ${
      formatPercent(calibrationError)
    }; orange: how far a bar is off the diagonal`,
    name,
    summary: `Mean confidence ${formatPercent(confidence)}, accuracy ${formatPercent(accuracy)}: ${lean} by ` +
      `${formatPercent(Math.abs(confidence - accuracy))} on the whole. Expected calibration error ` +
      `${formatPercent(calibrationError)} over ${formatCount(count)} images in ${bins.length} bins.`,
    width,
    height: diagramHeight + histogramHeight,
    body: diagram.markup + histogram.markup,
  });
}
