import { createHash } from "node:crypto";

/**
 * What people wrote into a document that is otherwise written by a program: by the name of its block, byte for byte. A
 * block stands between a line `<!-- yours: name -->` and a line `<!-- end -->`.
 */
export type OwnText = ReadonlyMap<string, string>;

const opening = /^<!-- yours: ([a-z][a-z0-9-]*) -->[ \t]*$/;
const closing = /^<!-- end -->[ \t]*$/;
const likeAMarker = /<!-+\s*(?:yours\b|end\s*-)/i;
const sealLine = /^<!-- all outside the blocks: ([0-9a-f]{16}) -->\r?\n?/m;

/**
 * The own text of a document.
 *
 * @throws {SyntaxError} that names the line, where a marker is damaged, missing or there twice: from such a document
 * nothing can be told for certain, and it must not be replaced
 */
export function readOwnText(document: string): OwnText {
  return new Map(blocksOf(document).map(({ name, begin, end }) => [name, document.slice(begin, end)]));
}

/** A block with its markers; `text` must end in a line break, as {@linkcode readOwnText} gives it. */
export function ownBlock(name: string, text: string): string {
  return `<!-- yours: ${name} -->\n${text}<!-- end -->`;
}

/** The document with a last line by which {@linkcode isSealed} sees whether anything outside the blocks was changed. */
export function sealed(document: string): string {
  return `${document}<!-- all outside the blocks: ${sumOf(document)} -->\n`;
}

/** Whether everything outside the blocks is as the program wrote it. */
export function isSealed(document: string): boolean {
  const seal = sealLine.exec(document);
  return seal !== null && seal[1] === sumOf(document.replace(sealLine, ""));
}

interface Block {
  readonly name: string;
  /** Where its text begins and ends in the document. */
  readonly begin: number;
  readonly end: number;
}

function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { name: string; begin: number; line: number } | undefined;
  let at = 0;
  for (const [index, line] of document.split("\n").entries()) {
    const [text, number, next] = [line.replace(/\r$/, ""), index + 1, at + line.length + 1];
    const name = opening.exec(text)?.[1];
    if (name !== undefined) {
      if (open) throw fault(number, `"${text}" stands inside the block of line ${open.line}, which nothing ends`);
      if (blocks.some((block) => block.name === name)) throw fault(number, `there are two blocks "${name}"`);
      open = { name, begin: next, line: number };
    } else if (closing.test(text)) {
      if (!open) throw fault(number, `"${text}" ends no block`);
      blocks.push({ name: open.name, begin: open.begin, end: at });
      open = undefined;
    } else if (likeAMarker.test(text)) {
      throw fault(number, `"${text.trim()}" is no marker, but looks like a damaged one`);
    }
    at = next;
  }
  if (open) throw fault(open.line, `nothing ends the block "${open.name}"`);
  return blocks;
}

function fault(line: number, rule: string): SyntaxError {
  return new SyntaxError(
    `Cannot tell your own text from the rest: line ${line}: ${rule}. Each block begins with a line ` +
      "<!-- yours: name --> and ends with a line <!-- end -->.",
  );
}

function sumOf(document: string): string {
  let rest = document;
  for (const { begin, end } of blocksOf(document).toReversed()) rest = rest.slice(0, begin) + rest.slice(end);
  // An editor that changes line ends has changed nothing.
  return createHash("sha256").update(rest.replaceAll("\r\n", "\n").trimEnd()).digest("hex").slice(0, 16);
}
