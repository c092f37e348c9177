import type { Findings } from "./findings.ts";
import { limitsOf } from "./limits.ts";
import { markdownList } from "./markdown.ts";
import { reportBlock, strangeBlocks } from "./own_blocks.ts";
import { type OwnText, sealed } from "./own_text.ts";
import {
  activeLearning,
  comparison,
  customCnn,
  furtherNotebooks,
  inShort,
  pretrainedModel,
} from "./report_sections.ts";
import { reproduction } from "./reproduction.ts";

/**
 * The report in Markdown: the sections of the assignment with what the notebooks found, and the author's own text where
 * it stood. A section whose notebook has not run says which to run.
 */
export function reportMarkdown(findings: Findings, own: OwnText): string {
  const sections: [title: string, parts: readonly string[]][] = [
    ["Introduction", [reportBlock("introduction", own)]],
    ["Custom CNN", [...customCnn(findings), reportBlock("custom-cnn", own)]],
    ["Pretrained model", [...pretrainedModel(findings), reportBlock("pretrained-model", own)]],
    ["Active learning strategies", [...activeLearning(findings), reportBlock("active-learning", own)]],
    ["Comparison", comparison(findings, own)],
    ["Limits", [markdownList(limitsOf(findings.notebooks)), reportBlock("limits", own)]],
    ["Conclusion", [reportBlock("conclusion", own)]],
    ["Further notebooks", furtherNotebooks(findings)],
    ["Further text", strangeBlocks(own)],
    ["How to reproduce", reproduction(findings.notebooks)],
  ];
  const parts = [
    "# Active learning for image classification",
    reportBlock("authors", own),
    "<!-- `deno task report` writes all of this anew, but for what stands between a line `yours` and its `end`. -->",
    ...inShort(findings),
    ...sections.filter(([, parts]) => parts.length > 0)
      .flatMap(([title, parts], index) => [`## ${index + 1}. ${title}`, ...parts]),
  ];
  return sealed(`${parts.filter((part) => part !== "").join("\n\n")}\n\n`);
}
