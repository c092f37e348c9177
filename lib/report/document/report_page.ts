import MarkdownIt from "markdown-it";
import { escapeMarkup } from "../markup.ts";

/** What {@linkcode reportPage} is told. */
export interface ReportPageOptions {
  readonly title: string;
  /** A picture as a `data:` address, by its address in the Markdown; undefined where there is none on this machine. */
  readonly picture: (address: string) => string | undefined;
}

/**
 * Markdown as one page that needs nothing else: no script, no font, no picture from outside. HTML in the text is shown
 * as it is written and never becomes part of the page; a picture from elsewhere becomes a link. Light or dark as the
 * reader's screen is, light on paper.
 */
export function reportPage(markdown: string, { title, picture }: ReportPageOptions): string {
  const body = renderer(picture).render(markdown);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}

function renderer(picture: ReportPageOptions["picture"]) {
  const markdown = new MarkdownIt({ html: true, typographer: false });
  const { rules } = markdown.renderer;
  const literal = (html: string) => /^\s*(?:<!--(?:(?!-->)[^])*-->\s*)+$/.test(html) ? "" : escapeMarkup(html);
  rules.html_inline = (tokens, index) => literal(tokens[index].content);
  rules.html_block = (tokens, index) => {
    const text = literal(tokens[index].content);
    return text && `<p>${text}</p>\n`;
  };
  rules.image = (tokens, index) => {
    const address = String(tokens[index].attrGet("src"));
    const words = escapeMarkup(tokens[index].content);
    const inlined = picture(address);
    if (inlined === undefined) return `<a href="${escapeMarkup(address)}">${words || escapeMarkup(address)}</a>`;
    // A figure's words begin with its title.
    const caption = escapeMarkup(tokens[index].content.split(". ", 1)[0]);
    return `<img src="${escapeMarkup(inlined)}" alt="${words}"><span class="caption">${caption}</span>`;
  };
  rules.table_open = () => `<div class="table" role="region" tabindex="0"><table>`;
  rules.table_close = () => `</table></div>`;
  return markdown;
}

const style = `
:root { color-scheme: light dark; --text: #1d1f24; --quiet: #5b616e; --line: #d9dce3; --ground: #fff; --soft: #f5f6f9;
  --accent: #2b5fb3; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e6eb; --quiet: #a2a8b5; --line: #3a3f4a; --ground: #16181d;
  --soft: #1f2229; --accent: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.6 system-ui, "Segoe UI", sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 2rem; margin: 0 0 1rem; }
h2 { font-size: 1.4rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p, ul, ol { margin: .75rem 0; }
li { margin: .25rem 0; }
a { color: var(--accent); }
code { background: var(--soft); border-radius: 4px; padding: .1em .35em; font: .9em ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 3px solid var(--line); color: var(--quiet); }
.table { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td:first-child, [style*="right"] { white-space: nowrap; }
th { white-space: normal !important; border-bottom: 2px solid var(--line); font-weight: 600; vertical-align: bottom; }
tbody tr:last-child td { border-bottom: none; }
p:has(> img) { margin: 1.75rem 0; text-align: center; }
img { max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line); border-radius: 8px; }
body { counter-reset: figure; }
.caption::before { counter-increment: figure; content: "Figure " counter(figure) ". "; font-weight: 600; }
.caption { display: block; margin: .5rem auto 0; max-width: 42rem; color: var(--quiet); font-size: .85rem; line-height: 1.45; }
@media print {
  :root { --text: #000; --quiet: #444; --line: #bbb; --ground: #fff; --soft: #f5f5f5; --accent: #000; color-scheme: light; }
  body { font-size: 10.5pt; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  p:has(> img), tr, pre, li { break-inside: avoid; }
  p:has(> img) img { max-height: 11cm; }
  thead { display: table-header-group; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .table { overflow: visible; break-inside: avoid; }
  p:has(+ .table) { break-after: avoid; }
  table { font-size: 8.5pt; }
}
`;
