import type { CatalogueEntry } from "../data/catalogue.ts";
import type { FitOptions } from "../training/fit_options.ts";
import type { Evaluation } from "../training/evaluation.ts";
import type { History } from "../training/history.ts";

/** What a {@linkcode modelCard} says. */
export interface ModelCardOptions {
  readonly name: string;
  readonly architecture: string;
  /** Weights that training changed. */
  readonly parameters: number;
  readonly entry: CatalogueEntry;
  /** Of the training and the test images, as they were read. */
  readonly checksums: readonly [train: string, test: string];
  /** What else must be known of the data. */
  readonly note?: string;
  readonly recipe: Pick<FitOptions, "batchSize" | "augmentation" | "optimizer"> & { readonly learningRate: string };
  readonly seed: number;
  readonly history: History;
  readonly evaluation: Evaluation;
  /** What was typed to make it. */
  readonly command: string;
  readonly date: Date;
}

/** The model card (Mitchell et al., 2019) of pretrained weights, in Markdown. */
export function modelCard(
  {
    name,
    architecture,
    parameters,
    entry,
    checksums,
    note,
    recipe,
    seed,
    history,
    evaluation,
    command,
    date,
  }: ModelCardOptions,
): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const [low, high] = evaluation.accuracyInterval;
  const last = history.epochs.at(-1)!;
  const rows = {
    architecture: `\`${architecture}\`, ${parameters.toLocaleString("en")} parameters`,
    "weights' file": "safetensors, float32; names and layouts are PyTorch's; what it was trained on is in its header",
    data: `${entry.title} (${entry.citation}), the ${entry.train.count.toLocaleString("en")} training images`,
    "SHA-256 of the data": checksums.map((sum) => `\`${sum}\``).join(" (training), ") + " (test)",
    optimizer: `${JSON.stringify(recipe.optimizer)}, learning rate ${recipe.learningRate}, batch ${recipe.batchSize}`,
    augmentation: JSON.stringify(recipe.augmentation),
    length: `${history.epochs.length} epochs, ${history.steps.toLocaleString("en")} steps`,
    seed: `${seed}`,
    "training accuracy": `${percent(last.accuracy)} in the last epoch, on augmented images`,
    "**test accuracy**": `**${percent(evaluation.accuracy)}** of ${entry.test.count.toLocaleString("en")} ` +
      `(95 % interval ${percent(low)} – ${percent(high)})`,
    made: date.toISOString().slice(0, 10),
  };
  return [
    `# ${name}`,
    "A network that has learned to see, to start from where labels are few.",
    "| | |\n| --- | --- |\n" + Object.entries(rows).map(([what, value]) => `| ${what} | ${value} |`).join("\n"),
    ...note ? [`**About the data.** ${note}`] : [],
    "**How it was measured.** The recipe was fixed beforehand, and all training images were trained on. Nothing was chosen " +
    "by the test images.",
    `**Not for** ${entry.name} itself, which it has seen with all its labels: \`loadBackbone\` refuses that.`,
    `**Licence.** The weights are Curio's own, under its licence. That of the data: ${entry.licence}.`,
    `**To make it again:**\n\n\`\`\`sh\n${command}\n\`\`\``,
  ].join("\n\n") + "\n";
}
