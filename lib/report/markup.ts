/** A piece of SVG or HTML that is already escaped. */
export type Markup = string;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * `text` on one line, with what XML cannot hold (control characters, halves of surrogate pairs) replaced by U+FFFD.
 * Class names come from folders and files and may hold anything.
 */
export function plainText(text: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters to be rid of
  return text.toWellFormed().replace(/[\t\n\r]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd");
}

/** `text` as it can stand in the content or an attribute of SVG and HTML. */
export function escapeMarkup(text: string): Markup {
  return plainText(text).replace(/[&<>"']/g, (character) => entities[character]);
}

/**
 * One element: the attributes are escaped, `children` are taken as they are. Attributes that are undefined are left
 * out. An element whose `children` are an empty text is closed apart, as HTML wants it.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly Markup[] = [],
): Markup {
  const written = Object.entries(attributes).filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeMarkup(typeof value === "number" ? `${round(value)}` : value!)}"`).join(
      "",
    );
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A hundredth of a pixel is more than enough, and keeps figures small. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
