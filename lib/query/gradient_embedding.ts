import type { Matrix } from "../runtime/matrix.ts";
import type { Dissimilarity } from "./dissimilarity.ts";
import { stackedRows } from "./stacked_rows.ts";
import { release } from "./multiply_rows.ts";

/** What the gradient embeddings of {@linkcode gradientEmbeddings} are the outer products of. */
export interface GradientFactors {
  /** `[items, classes]` */
  readonly probabilities: Matrix;
  /** `[items, features]`: what enters the last layer. */
  readonly embeddings: Matrix;
}

/**
 * ‖g_i − g_j‖² between gradient embeddings g = (p − e_ŷ) ⊗ h: the gradient of the cross-entropy with respect to the
 * last layer's weights, had the predicted class ŷ = argmax p (the first, of equals) been the label (Ash et al., 2020,
 * eq. 1).
 *
 * The outer products of K · d numbers are never made: with a = p − e_ŷ,
 * ‖g_i − g_j‖² = ‖a_i‖²‖h_i‖² + ‖a_j‖²‖h_j‖² − 2⟨a_i, a_j⟩⟨h_i, h_j⟩, which is K + d multiplications.
 */
export function gradientEmbeddings({ probabilities, embeddings }: GradientFactors): Dissimilarity {
  const residuals = residualsOf(probabilities);
  const features = stackedRows(embeddings);
  const classes = stackedRows(residuals);
  const ofFeatures = features.squaredNorms();
  const base = classes.squaredNorms().map((square, item) => square * ofFeatures[item]);
  return {
    count: embeddings.rows,
    base,
    factor: 2,
    norm: base.map(Math.sqrt),
    terms: probabilities.columns + embeddings.columns,
    value(i, j) {
      return Math.max(0, base[i] + base[j] - 2 * classes.innerProduct(i, j) * features.innerProduct(i, j));
    },
    values(lefts, rights) {
      const ofFeatures = features.innerProducts(lefts, rights);
      return classes.innerProducts(lefts, rights).map((product, pair) =>
        Math.max(0, base[lefts[pair]] + base[rights[pair]] - 2 * product * ofFeatures[pair])
      );
    },
    async products(lefts, rights) {
      const product = await features.products(lefts, rights);
      const ofResiduals = await classes.products(lefts, rights);
      for (let pair = 0; pair < product.length; pair++) product[pair] *= ofResiduals[pair];
      release(ofResiduals);
      return product;
    },
  };
}

/** p − e_ŷ, row by row. */
function residualsOf({ rows, columns, data }: Matrix): Matrix {
  const residuals = Float32Array.from(data);
  for (let start = 0; start < data.length; start += columns) {
    let predicted = start;
    for (let at = start + 1; at < start + columns; at++) if (data[at] > data[predicted]) predicted = at;
    residuals[predicted] -= 1;
  }
  return { rows, columns, data: residuals };
}
