import { z } from "zod";
import { audit } from "../runtime/audit_trail.ts";
import type { Matrix } from "../runtime/matrix.ts";
import { writeFileAtomic } from "../runtime/write_file_atomic.ts";
import { openSealedSafetensors, sealSafetensors } from "../training/safetensors.ts";
import { type LinearClassifier, linearClassifier } from "./linear_classifier.ts";
import { logisticRegression, type LogisticRegressionOptions } from "./logistic_regression.ts";

/** A linear classifier that was trained on labelled embeddings. */
export interface LinearProbe extends LinearClassifier {
  /** The inverse strength of the penalty that it was trained with. */
  readonly c: number;
}

/** Options of {@linkcode linearProbe}. */
export interface LinearProbeOptions extends Omit<LogisticRegressionOptions, "classCount" | "start"> {
  /** All of them, also those without labels so far. */
  readonly classNames: readonly string[];
  /** A probe to begin from, such as that of the round before: the result is the same, sooner. */
  readonly start?: LinearProbe;
}

/**
 * Trains a linear probe on labelled embeddings: {@linkcode logisticRegression}, which gives the probabilities of
 * scikit-learn's `LogisticRegression`. Alain and Bengio (2016), Understanding intermediate layers using linear
 * classifier probes. Use {@linkcode chooseC} for its C.
 *
 * @param embeddings `[items, features]`
 * @param labels their classes; classes without any get probability 0 (below 1e-13)
 * @throws {RangeError} as {@linkcode logisticRegression} does
 *
 * @example
 * ```ts
 * import { linearProbe, matrix } from "curio";
 * import assert from "node:assert/strict";
 *
 * const probe = await linearProbe(matrix([[0], [1], [2], [3]]), [0, 0, 1, 1], { classNames: ["low", "high"] });
 * const { data } = await probe.probabilities(matrix([[1.5], [3]]));
 * // scikit-learn: LogisticRegression().fit([[0], [1], [2], [3]], [0, 0, 1, 1]).predict_proba([[1.5], [3]])
 * assert.deepEqual([...data].map((value) => value.toFixed(4)), ["0.5000", "0.5000", "0.1919", "0.8081"]);
 * ```
 */
export async function linearProbe(
  embeddings: Matrix,
  labels: ArrayLike<number>,
  { classNames, start, ...options }: LinearProbeOptions,
): Promise<LinearProbe> {
  const { c, weights } = await logisticRegression(embeddings, labels, {
    ...options,
    classCount: classNames.length,
    start: start && new Float64Array(start.weights.data),
  });
  const probe = probeOf({ classNames, c, weights });
  audit?.learnt(probe.weights, audit.rowHashes(embeddings));
  return probe;
}

interface ProbeParts extends Pick<LinearProbe, "classNames" | "c"> {
  /** `[classes, features + 1]` */
  readonly weights: ArrayLike<number>;
}

/** The probe with these weights. */
export function probeOf({ classNames, c, weights }: ProbeParts): LinearProbe {
  return { ...linearClassifier(classNames, weights), c };
}

const format = "curio linear probe 1";

const metadataSchema = z.strictObject({
  format: z.literal(format),
  c: z.coerce.number().positive(),
  classNames: z.string().transform((text): unknown => JSON.parse(text)).pipe(z.array(z.string()).min(1)),
});

/** Writes a probe into a file, `*.safetensors`: the old one or the new one is there, whole. */
export async function saveProbe({ classNames, c, weights }: LinearProbe, path: string): Promise<void> {
  const tensors = new Map([["weights", { shape: [weights.rows, weights.columns], data: weights.data }]]);
  const metadata = { format, c: `${c}`, classNames: JSON.stringify(classNames) };
  await writeFileAtomic(path, sealSafetensors({ tensors, metadata }));
}

/**
 * Reads what {@linkcode saveProbe} wrote: the same probe, to the last bit.
 *
 * @throws {Deno.errors.NotFound} if there is no such file
 * @throws {SyntaxError} naming the file, if it is damaged or holds no probe
 */
export async function loadProbe(path: string): Promise<LinearProbe> {
  const { tensors, metadata } = openSealedSafetensors(await Deno.readFile(path), path);
  const parsed = metadataSchema.safeParse(metadata);
  const { shape, data } = tensors.get("weights") ?? {};
  if (!parsed.success || !data || shape?.length !== 2 || shape[0] !== parsed.data.classNames.length || shape[1] < 1) {
    throw new SyntaxError(
      `Cannot load the probe: ${path} must hold one row of weights for each class: current value is ` +
        `${shape ? `[${shape}]` : "none"}, ${JSON.stringify(metadata)}. Save the probe again.`,
    );
  }
  const { classNames, c } = parsed.data;
  return probeOf({ classNames, c, weights: data });
}
