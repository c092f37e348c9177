import { DataFormatError } from "../data/data_format_error.ts";
import type { Dataset } from "../data/dataset.ts";
import { DownloadError } from "../data/download/download_error.ts";
import { checkTransferTarget } from "./check_transfer_target.ts";
import { backboneInfo } from "./load_backbone.ts";
import { findWeights, type FindWeightsOptions } from "./weights/find_weights.ts";
import { weightCatalogue } from "./weights/weight_catalogue.ts";

/** What {@linkcode findBackbones} may do. */
export interface FindBackbonesOptions extends FindWeightsOptions {
  /** What they are to learn. */
  readonly target: Pick<Dataset, "name" | "classNames" | "checksum">;
}

/** Which backbones there are for a target. */
export interface FoundBackbones {
  /** In the order in which they were asked for. */
  readonly usable: readonly string[];
  /** The others, each with what is missing and how to get it. */
  readonly missing: readonly { readonly backbone: string; readonly reason: string }[];
}

/**
 * Looks which of some backbones can be loaded for a target, without building them: those whose weights are on this
 * machine, or can be downloaded, and that were not trained on the target itself.
 *
 * @param wanted names as {@linkcode loadBackbone} takes them
 *
 * @example
 * ```ts
 * import { findBackbones } from "curio";
 * import assert from "node:assert/strict";
 *
 * const target = { name: "cifar-10", classNames: ["airplane", "automobile"], checksum: "00" };
 * const { usable, missing: [{ reason }] } = await findBackbones(["resnet20-cifar10"], { target });
 * assert.deepEqual(usable, []);
 * assert.match(reason, /must not be what the weights were trained on/);
 * ```
 */
export async function findBackbones(
  wanted: readonly string[],
  { target, ...options }: FindBackbonesOptions,
): Promise<FoundBackbones> {
  const usable: string[] = [];
  const missing: { backbone: string; reason: string }[] = [];
  for (const backbone of wanted) {
    try {
      const entry = weightCatalogue.get(backbone);
      if (entry) await findWeights(entry, options);
      else checkTransferTarget(`the backbone ${backbone}`, { pretraining: await backboneInfo(backbone), target });
      usable.push(backbone);
    } catch (error) {
      if (!isAbsence(error)) throw error;
      missing.push({ backbone, reason: error.message });
    }
  }
  return { usable, missing };
}

/** Whether an error says that weights are not to be had, or not for this target. */
function isAbsence(error: unknown): error is Error {
  const kinds = [RangeError, SyntaxError, DataFormatError, DownloadError, Deno.errors.NotFound];
  return kinds.some((kind) => error instanceof kind);
}
