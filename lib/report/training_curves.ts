import * as Plot from "@observablehq/plot";
import type { EpochRecord, History } from "../training/history.ts";
import { chart, grid, legend, wholeTicks } from "./chart.ts";
import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { formatDuration, formatNumber, formatPercent } from "./format.ts";
import { ink, seriesStyle } from "./palette.ts";

interface Point {
  readonly epoch: number;
  readonly value: number;
}

const panelWidth = 350;
const panelHeight = 250;
const gap = 24;

/**
 * Loss (nats) and accuracy over the epochs of a training run, on the training data as it was trained on and, where it
 * was measured, on the validation data. The epoch whose weights were kept is marked.
 *
 * @throws {RangeError} if the history holds no epoch
 *
 * @example
 * ```ts
 * import { trainingCurves } from "curio";
 * import assert from "node:assert/strict";
 *
 * const figure = trainingCurves({
 *   epochs: [
 *     { epoch: 1, learningRate: 0.001, loss: 0.6, accuracy: 0.80, validationLoss: 0.5, validationAccuracy: 0.84, seconds: 9 },
 *     { epoch: 2, learningRate: 0.001, loss: 0.4, accuracy: 0.87, validationLoss: 0.4, validationAccuracy: 0.88, seconds: 9 },
 *   ],
 *   bestEpoch: 2,
 *   stopped: "completed",
 *   steps: 938,
 *   seconds: 18,
 * });
 * assert.match(figure.summary, /validation accuracy 88.0 %/);
 * ```
 */
export function trainingCurves(
  history: History,
  { title = "Training curves", name }: FigureOptions = {},
): Figure {
  const { epochs, bestEpoch } = history;
  if (epochs.length === 0) {
    throw new RangeError(
      "Cannot draw training curves: the history must hold at least one epoch: current value is 0 epochs. " +
        "Train for an epoch first.",
    );
  }
  const validated = epochs.some(({ validationAccuracy }) => validationAccuracy !== undefined);
  const shown = validated ? ["training", "validation"] : ["training"];
  const key = legend(shown.map((label) => ({ label, ...seriesStyle(label, shown) })), { width: 2 * panelWidth });
  const curves = (training: keyof EpochRecord, validation: keyof EpochRecord) => ({
    training: points(epochs, training),
    validation: points(epochs, validation),
  });
  const loss = panel("loss", { ...curves("loss", "validationLoss"), epochs, bestEpoch, y: key.height });
  const accuracy = panel("accuracy", {
    ...curves("accuracy", "validationAccuracy"),
    epochs,
    bestEpoch,
    x: panelWidth + gap,
    y: key.height,
  });
  return drawFigure({
    title,
    name,
    summary: summarise(history),
    width: 2 * panelWidth + gap,
    height: key.height + panelHeight,
    body: key.markup + loss + accuracy,
  });
}

function points(epochs: readonly EpochRecord[], key: keyof EpochRecord): Point[] {
  return epochs.flatMap((record) => {
    const value = record[key];
    return value !== undefined && Number.isFinite(value) ? [{ epoch: record.epoch, value }] : [];
  });
}

interface PanelOptions {
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
  readonly epochs: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly x?: number;
  readonly y: number;
}

function panel(
  measure: "loss" | "accuracy",
  { training, validation, epochs, bestEpoch, x = 0, y }: PanelOptions,
): string {
  const first = epochs[0].epoch;
  const last = epochs[epochs.length - 1].epoch;
  const room = first === last ? 0.5 : (last - first) * 0.02;
  const best = epochs.some(({ epoch }) => epoch === bestEpoch) && validation.length > 0 ? [bestEpoch] : [];
  const nearRight = bestEpoch - first > (last - first) / 2;
  return chart({
    width: panelWidth,
    height: panelHeight,
    marginLeft: 46,
    marginRight: 10,
    marginTop: 26,
    marginBottom: 38,
    x: { domain: [first - room, last + room] },
    y: {
      nice: true,
      ...(training.length + validation.length === 0 ? { domain: [0, 1] } : {}),
      ...flatDomain(measure, [...training, ...validation]),
    },
    marks: [
      grid,
      Plot.axisX({
        ticks: wholeTicks(first, last),
        tickFormat: String,
        tickSize: 4,
        label: "epoch",
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.axisY({
        ticks: 6,
        tickSize: 0,
        label: measure === "loss" ? "loss (nats)" : "accuracy",
        labelArrow: "none",
        ...(measure === "accuracy" ? { tickFormat: (share: number) => `${Number((share * 100).toFixed(2))} %` } : {}),
      }),
      Plot.ruleX(best, { stroke: ink.muted, strokeDasharray: "3 3" }),
      Plot.text(best, {
        x: (epoch: number) => epoch,
        text: (epoch: number) => `best: epoch ${epoch}`,
        frameAnchor: nearRight ? "top-right" : "top-left",
        textAnchor: nearRight ? "end" : "start",
        dx: nearRight ? -5 : 5,
        dy: -14,
        fill: ink.muted,
      }),
      ...curve("training", training),
      ...curve("validation", validation),
    ],
  }, { x, y }).markup;
}

/** A range below and above values that are all alike, which no scale can spread; shares end at 1. */
function flatDomain(measure: "loss" | "accuracy", points: readonly Point[]): { domain?: [number, number] } {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low !== high) return {};
  const room = Math.abs(low) * 0.1 || 0.1;
  return { domain: [low - room, measure === "accuracy" ? Math.min(1, low + room) : low + room] };
}

function curve(series: "training" | "validation", points: readonly Point[]): Plot.Markish[] {
  const { color, symbol } = seriesStyle(series, [series]);
  const place = { x: "epoch", y: "value" };
  return [
    Plot.line(points, { ...place, stroke: color, strokeWidth: 2 }),
    ...(points.length <= 30 ? [Plot.dot(points, { ...place, fill: color, symbol, r: 3 })] : []),
  ];
}

function summarise({ epochs, bestEpoch, stopped, seconds }: History): string {
  const count = epochs.length === 1 ? "1 epoch" : `${epochs.length} epochs`;
  const ending = { completed: "", early: ", stopped early", aborted: ", stopped by hand" }[stopped];
  const best = epochs.find(({ epoch }) => epoch === bestEpoch) ?? epochs[epochs.length - 1];
  const validation = best.validationAccuracy === undefined
    ? ""
    : `, validation accuracy ${formatPercent(best.validationAccuracy)}` +
      (best.validationLoss === undefined ? "" : ` and loss ${formatNumber(best.validationLoss)}`);
  const diverged = epochs.find(({ loss }) => !Number.isFinite(loss));
  return `${count} in ${formatDuration(seconds)}${ending}. Weights of epoch ${best.epoch}: ` +
    `training accuracy ${formatPercent(best.accuracy)} and loss ${formatNumber(best.loss)}${validation}.` +
    (diverged ? ` From epoch ${diverged.epoch} on the loss is not a finite number: lower the learning rate.` : "");
}
