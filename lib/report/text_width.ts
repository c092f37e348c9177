const narrow = /[iljtfrI.,:;'|!()[\]{}\s/\\`]/u;
const broad = /[mwMW@%]/u;
const capital = /\p{Lu}/u;
const joined = /[\p{Mn}\p{Me}\p{Cf}]/u;
const fullWidth =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u;

/**
 * About how wide `text` is when drawn at `size` pixels: DejaVu Sans, the widest face a viewer is likely to use, so that
 * what fits here fits everywhere.
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += emWidth(character);
  return width * size;
}

function emWidth(character: string): number {
  if (joined.test(character)) return 0;
  if (fullWidth.test(character)) return 1.1;
  if (narrow.test(character)) return 0.38;
  if (broad.test(character)) return 0.95;
  return capital.test(character) ? 0.7 : 0.62;
}

/**
 * `text`, or as much of its beginning and its end as fits in `width` pixels with an ellipsis between: names that begin
 * alike stay apart.
 */
export function fitText(text: string, { width, size }: { readonly width: number; readonly size: number }): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 0; kept--) {
    const start = characters.slice(0, Math.ceil(kept / 2)).join("").trimEnd();
    const end = characters.slice(characters.length - Math.floor(kept / 2)).join("").trimStart();
    if (textWidth(`${start}…${end}`, size) <= width) return `${start}…${end}`;
  }
  return "…";
}

/** Columns that `text` takes in a terminal or any other grid of equal characters. */
export function columnWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += joined.test(character) ? 0 : fullWidth.test(character) ? 2 : 1;
  return columns;
}
