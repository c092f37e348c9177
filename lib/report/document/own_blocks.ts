import { ownBlock, type OwnText } from "./own_text.ts";

/** The blocks that are the author's, and what they are invited to write there. */
const invitations = {
  authors: "names, course, date",
  introduction: "the task in your own words, the data, what you expected",
  "custom-cnn": "why this network; what the curves and the matrix show",
  "pretrained-model": "what was carried over, and what was not",
  "active-learning": "how each strategy chooses, and what surprised you",
  comparison: "what may be compared in the table, and what it says",
  "most-effective": "whether you believe the verdict, and why",
  efficiency: "when asking is worth its time",
  limits: "what you would do with more time",
  conclusion: "what you take away from it",
} as const;

/** The name of one of the report's blocks. */
export type BlockName = keyof typeof invitations;

/** A block of the report with what its author wrote there; as long as that is nothing, below an invitation. */
export function reportBlock(name: BlockName, own: OwnText): string {
  const block = ownBlock(name, own.get(name) ?? "\n");
  return isBlank(own.get(name)) ? `<!-- write below: ${invitations[name]} -->\n${block}` : block;
}

/** The blocks that the report has no place for, such as those of an older version. */
export function strangeBlocks(own: OwnText): string[] {
  return [...own].filter(([name]) => !Object.hasOwn(invitations, name)).map(([name, text]) => ownBlock(name, text));
}

/** The blocks in which the author has written nothing yet. */
export function unwrittenBlocks(own: OwnText): string[] {
  return Object.keys(invitations).filter((name) => isBlank(own.get(name)));
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}
