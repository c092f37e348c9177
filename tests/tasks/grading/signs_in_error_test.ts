import assert from "node:assert/strict";
import { signsInError } from "../../../lib/tasks/grading/signs_in_error.ts";

const project = "/home/ann/curio";
const kindOf = (error: string) => {
  const { outcome, violation } = signsInError(error, { project });
  return outcome ?? violation?.kind;
};

// Messages as Deno 2.9 and its Node layer give them.
const said: readonly (readonly [message: string, sign: string | undefined])[] = [
  ["Read-only file system (os error 30): remove '/home/ann/curio/lib'", "writes outside"],
  ["Read-only file system (os error 30): open '/home/ann/curio/deno.json'", "writes outside"],
  ["EROFS: read-only file system, rmdir '/usr'", "writes outside"],
  ["Permission denied (os error 13): remove '/etc'", "writes outside"],
  ["No such file or directory (os error 2): remove '/home/ben'", "writes outside"],
  ["No such file or directory (os error 2): remove '../../../ben'", "writes outside"],
  ["ENOENT: no such file or directory, unlink '/home/ben/thesis.tex'", "writes outside"],
  ["Device or resource busy (os error 16): remove '/home/ann'", "writes outside"],
  ["No such file or directory (os error 2): remove 'old.csv'", undefined],
  ["No such file or directory (os error 2): remove '../reports/old.csv'", undefined],
  ["No such file or directory (os error 2): open '/home/ben/data.csv'", undefined],
  ["No space left on device (os error 28): writefile 'a'", "disk limit"],
  ["File too large (os error 27)", "disk limit"],
  ["RangeError: Array buffer allocation failed", "out of memory"],
  ["Fatal JavaScript out of memory: Reached heap limit", "out of memory"],
  ["Resource temporarily unavailable (os error 11): Failed to spawn 'sh'", "process limit"],
  ["TypeError: images is not iterable", undefined],
  ["", undefined],
];

for (const [message, sign] of said) {
  Deno.test(`signsInError() takes "${message}" for ${sign ?? "nothing"}`, () => assert.equal(kindOf(message), sign));
}
