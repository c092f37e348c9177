import { drawFigure, type Figure, type FigureOptions } from "./figure.ts";
import { element } from "./markup.ts";

/** Between two figures, and at most in all: CSS pixels. */
const [gap, widest] = [8, 860];

/**
 * Figures in one row, each with its own title, as one figure: what is to be compared should be seen together. Where they
 * are wider than a page, all are made smaller alike.
 *
 * @throws {RangeError} if there is none
 *
 * @example
 * ```ts
 * import { confusionMatrix, evaluationOf, matrix, sideBySide } from "curio";
 *
 * const classNames = ["cat", "dog"];
 * const [one, other] = [[[0.9, 0.1], [0.2, 0.8]], [[0.4, 0.6], [0.2, 0.8]]].map((rows) =>
 *   confusionMatrix(evaluationOf({ labels: Int32Array.of(0, 1), probabilities: matrix(rows), classNames }))
 * );
 * sideBySide([one, other], { title: "Before and after" }).width > one.width;
 * ```
 */
export function sideBySide(figures: readonly Figure[], { title = "Side by side", name }: FigureOptions = {}): Figure {
  if (figures.length === 0) {
    throw new RangeError("Cannot put figures side by side: there must be at least one: current value is none");
  }
  let width = -gap;
  const body = figures.map((figure) => {
    const placed = element("g", { transform: `translate(${width + gap},0)` }, [figure.svg]);
    width += gap + figure.width;
    return placed;
  }).join("");
  const scale = Math.min(1, widest / width);
  return drawFigure({
    title,
    name,
    summary: figures.map((figure) => `${figure.title}: ${figure.summary}`).join(" "),
    width: scale * width,
    height: scale * Math.max(...figures.map((figure) => figure.height)),
    body: element("g", { transform: `scale(${scale})` }, [body]),
  });
}
