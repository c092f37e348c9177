import assert from "node:assert/strict";
import { checkTransferTarget } from "curio";

const pretraining = { dataset: "cifar-10", classNames: ["cat", "dog", "frog"], checksums: ["aa", "bb"] };
const other = { name: "foxes", classNames: ["fox", "dog", "frog"], checksum: "cc" };
const check = (change: object) => checkTransferTarget("w", { pretraining, target: { ...other, ...change } });

Deno.test("checkTransferTarget() lets other datasets pass", () => {
  check({});
});

Deno.test("checkTransferTarget() knows the dataset of the pretraining by name, by content and by class names", () => {
  assert.throws(() => check({ name: "cifar-10" }), /RangeError: Cannot use w on "cifar-10": .*by its name/);
  assert.throws(() => check({ checksum: "bb" }), /by the SHA-256 of its content.*Choose another dataset/);
  assert.throws(() => check({ classNames: ["Frog", "cat", "dog"] }), /by its class names/);
});
