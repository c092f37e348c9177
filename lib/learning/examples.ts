import type { Dataset } from "../data/dataset.ts";
import type { Matrix } from "../runtime/matrix.ts";
import type { Instances } from "./instances.ts";

/** A dataset whose images have been turned into rows of features: what a probe on a frozen network learns from. */
export interface FeatureSet extends Omit<Dataset, "images"> {
  /** `[items, features]` */
  readonly features: Matrix;
}

/** Instances and what each one shows. */
export type Examples = Dataset | FeatureSet;

/** What may be known of a pool before anything was asked: everything but the labels. */
export type UnlabelledExamples = Omit<Dataset, "labels"> | Omit<FeatureSet, "labels">;

/** The images of a dataset, the features of a feature set. */
export function instancesOf(examples: UnlabelledExamples): Instances {
  return "features" in examples ? examples.features : examples.images;
}
