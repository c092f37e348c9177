import { createHash } from "node:crypto";

/**
 * The path in what a file of labels calls an image, with forward slashes: of Label Studio's `/data/local-files/?d=…`, the
 * path behind `d=`; of an address, its path, and of Label Studio's stand-in for one (`…?fileuri=…`), that of the address
 * in it; percent-encoding undone where it is one; `C:\photos\cat.jpg` with the slashes turned. An image that is itself in
 * the text (`data:image/…`) gets a short name by its content. Nothing is resolved: it names a file, and only
 * {@linkcode matchReference} finds one.
 */
export function pathOfReference(reference: string): string {
  const local = /\/data\/local-files\/?\?(?:.*?&)?d=(.*?)(?:&\w+=.*)?$/s.exec(reference);
  if (local !== null) return slashes(decoded(local[1]));
  const behind = /\/(?:presign|resolve|task-storage-data-(?:presign|resolve))\/?\?(?:.*?&)?fileuri=([^&]*)/.exec(
    reference,
  );
  if (behind !== null) return pathOfReference(addressBehind(decoded(behind[1])));
  if (/^data:/i.test(reference)) return `data:${createHash("sha256").update(reference).digest("hex").slice(0, 16)}`;
  const address = /^[a-z][a-z0-9+.-]+:\/\/[^/?#]*([^?#]*)/is.exec(reference);
  if (address !== null) return slashes(decoded(address[1])).replace(/^\/+/, "");
  return reference.startsWith("/data/upload/") ? decoded(reference) : slashes(reference);
}

/** The address of a picture in a cloud, as it stands or in base64. */
function addressBehind(text: string): string {
  if (text.includes("://")) return text;
  try {
    const bytes = Uint8Array.fromBase64(text.replace(/=+$/, ""), { alphabet: "base64url" });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
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
 * Label Studio's prefix of an upload (`1f2e3d4c-`) taken off and with the characters of a name that it drops or replaces
 * made alike. Undefined where nothing fits or more than one file does equally.
 *
 * @param files paths with forward slashes
 */
export function matchReference(files: readonly string[]): (path: string) => string | undefined {
  const keys: readonly ((name: string) => string)[] = [(name) => name, uploadName, plain];
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

/** What Label Studio (Django's `get_valid_filename`) makes of the name of a file that is uploaded. */
function uploadName(name: string): string {
  return name.trim().replaceAll(" ", "_").replace(/[^-.\w\p{L}\p{N}]/gu, "");
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
