/**
 * The path in what a file of labels calls an image, with forward slashes: of Label Studio's `/data/local-files/?d=…`, the
 * path behind `d=`; of an address, its path; percent-encoding undone where it is one; `C:\photos\cat.jpg` with the
 * slashes turned. Nothing is resolved: it names a file, and only {@linkcode matchReference} finds one.
 */
export function pathOfReference(reference: string): string {
  const local = /\/data\/local-files\/?\?(?:.*?&)?d=(.*?)(?:&\w+=.*)?$/s.exec(reference);
  if (local !== null) return slashes(decoded(local[1]));
  const address = /^[a-z][a-z0-9+.-]+:\/\/[^/?#]*([^?#]*)/is.exec(reference);
  if (address !== null) return slashes(decoded(address[1])).replace(/^\/+/, "");
  return reference.startsWith("/data/upload/") ? decoded(reference) : slashes(reference);
}

/** Percent-encoding undone; text that only looks like it ("100 % cotton") stays. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}

/**
 * Finds files by the paths that another program knew them by: what ends alike, the longest common end first; then with
 * Label Studio's prefix of an upload (`1f2e3d4c-`) taken off; then with the characters that it replaced in names made
 * alike. Undefined where nothing fits or more than one file does equally.
 *
 * @param files paths with forward slashes
 */
export function matchReference(files: readonly string[]): (path: string) => string | undefined {
  const keys: readonly ((name: string) => string)[] = [(name) => name, plain];
  const indices = keys.map((keyOf) => Map.groupBy(files, (file) => keyOf(nameOf(file))));
  return (path) => {
    const name = nameOf(path);
    const bare = name.replace(/^[0-9a-f]{8}-/, "");
    // Where + stands for a space, as in a form.
    const spaced = name.replaceAll("+", " ");
    for (const [place, keyOf] of keys.entries()) {
      for (const wanted of new Set([name, bare, spaced])) {
        const found = closest(indices[place].get(keyOf(wanted)) ?? [], path);
        if (found !== undefined) return found;
      }
    }
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Letters and digits only, as far as letters differ: what a program left of a name. */
function plain(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, "_");
}

/** The one whose folders agree furthest from the end; undefined where two agree equally far. */
function closest(files: readonly string[], path: string): string | undefined {
  const folders = path.split("/").reverse().slice(1);
  const depth = (file: string) => {
    const own = file.split("/").reverse().slice(1);
    const differs = folders.findIndex((folder, index) => folder !== own[index]);
    return differs < 0 ? folders.length : differs;
  };
  const [first, second] = files.map((file) => ({ file, depth: depth(file) })).sort((a, b) => b.depth - a.depth);
  return second?.depth === first?.depth ? undefined : first?.file;
}
