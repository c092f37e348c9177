import { join } from "node:path";

/** A file of the page as it is served. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** The files of the page by name, read once: what is served afterwards is taken from this map, whatever is asked for. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = join(import.meta.dirname!, "page");
  return new Map([...Deno.readDirSync(folder)].flatMap(({ name }) => {
    const type = types[name.split(".").at(-1)!];
    return type === undefined ? [] : [[name, { type, bytes: Deno.readFileSync(join(folder, name)) }]];
  }));
}
