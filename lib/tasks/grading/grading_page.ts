import { element, escapeMarkup, type Markup } from "../../report/markup.ts";

/**
 * A page that needs nothing but itself and the pictures beside it. It shows strangers' words: nothing in it can run or be
 * fetched, whatever they are.
 */
export function gradingPage(title: string, body: readonly Markup[]): string {
  const policy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";
  const head = [
    `<meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">`,
    `<meta name="viewport" content="width=device-width">`,
    element("title", {}, [escapeMarkup(title)]),
    element("style", {}, [style]),
  ];
  const html = element("html", { lang: "en" }, [
    element("head", {}, head),
    element("body", {}, [
      element("h1", {}, [escapeMarkup(title)]),
      ...body,
    ]),
  ]);
  return `<!DOCTYPE html>\n${html}\n`;
}

/** Text on one line, or several where it has several. */
export function paragraph(text: string): Markup {
  return element("p", {}, [escapeMarkup(text)]);
}

/** Code or a message, line by line as it is. */
export function lines(text: string): Markup {
  return element("pre", {}, [text.split("\n").map(escapeMarkup).join("\n")]);
}

/** A cell of a {@linkcode grid}: text, a number with so many digits as it needs, or markup. */
export type GridCell = string | number | null | { readonly markup: Markup };

/** A table; numbers stand to the right. */
export function grid(header: readonly string[], rows: readonly (readonly GridCell[])[]): Markup {
  const head = element("tr", {}, header.map((name) => element("th", { scope: "col" }, [escapeMarkup(name)])));
  const body = rows.map((row) => element("tr", {}, row.map(cell)));
  return element("table", {}, [element("thead", {}, [head]), element("tbody", {}, body.length === 0 ? [""] : body)]);
}

/** A heading of a section and what belongs to it; nothing where there is nothing. */
export function section(title: string, content: readonly Markup[]): Markup[] {
  return content.length === 0 ? [] : [element("h2", {}, [escapeMarkup(title)]), ...content];
}

function cell(content: GridCell): Markup {
  if (typeof content === "number") return element("td", { class: "number" }, [number(content)]);
  if (content !== null && typeof content === "object") return element("td", {}, [content.markup]);
  return element("td", {}, [escapeMarkup(content ?? "")]);
}

function number(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(4);
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222;
  background: #fff; }
table { border-collapse: collapse; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid #ddd;
  overflow-wrap: anywhere; }
th, td.number { overflow-wrap: normal; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: #f4f4f4; padding: 0.6rem; overflow: auto; max-height: 30rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 1rem 0; }
.pair figure { margin: 0; }
.pair img { max-width: 100%; }
.bar { display: inline-block; height: 0.8rem; background: #4269d0; }
.grave { font-weight: 600; }
small, figcaption { color: #555; }
`;
