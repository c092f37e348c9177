const statementWords = [
  ...["abstract", "async function", "await", "class", "const", "declare", "do", "enum", "export", "for", "function"],
  ...["if", "import", "interface", "let", "switch", "throw", "try", "type", "using", "var", "while"],
];
// Besides statements, the calls that are known to give nothing.
const harmless = new RegExp(String.raw`^(?:(?:${statementWords.join("|")})\b|console\.|[{}])|^[\w.]+\.dispose\(\);?$`);

/**
 * The last statement of a cell if it is nothing but a value, which a kernel would display and, late as it sends it,
 * may lose. The cell must be formatted: statements end in `;` or `}`, as `deno fmt` leaves them.
 */
export function bareLastExpression(source: string): string | undefined {
  const last = lastStatement(source);
  return last === "" || harmless.test(last) ? undefined : last.split("\n")[0];
}

/** The text of the last statement that stands in no bracket, without comments; strings are blanked. */
function lastStatement(source: string): string {
  const bare = source
    .replace(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`/g, (text) => text.replace(/[^\n"'`]/g, "_"));
  let depth = 0;
  let begin = 0;
  let last = "";
  for (let at = 0; at < bare.length; at++) {
    const character = bare[at];
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    const closesBlock = character === "}" && /^\s*(?:\n\s*[^\s.?,;)\]|&+*/<>=-]|$)/.test(bare.slice(at + 1));
    if (depth === 0 && (character === ";" || closesBlock)) {
      last = bare.slice(begin, at + 1).trim() || last;
      begin = at + 1;
    }
  }
  return bare.slice(begin).trim() || last;
}
