import assert from "node:assert/strict";
import { catalogue, catalogueEntry } from "curio";
import { catalogueEntrySchema } from "../../lib/data/catalogue.ts";

Deno.test("the catalogue names every dataset once, and finds it", () => {
  const names = catalogue.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const entry of catalogue) assert.equal(catalogueEntry(entry.name), entry);
  assert.throws(() => catalogueEntry("imagenet"), /one of mnist, .*: current value is "imagenet"/);
});

Deno.test("the catalogue's class names are distinct, and as many as the publishers say", () => {
  const counts = Object.fromEntries(
    catalogue.map(({ name, classNames }) => [name, new Set(classNames).size]),
  );
  assert.deepEqual(counts, {
    "mnist": 10,
    "fashion-mnist": 10,
    "kmnist": 10,
    "emnist-balanced": 47,
    "emnist-letters": 26,
    "cifar-10": 10,
    "cifar-100": 100,
    "cifar-100-coarse": 20,
  });
  for (const { name, classNames } of catalogue) assert.equal(classNames.length, new Set(classNames).size, name);
});

Deno.test("the catalogue's sizes follow from its counts and formats", () => {
  for (const { name, format, files, train, test, shape } of catalogue) {
    const pixels = shape.height * shape.width * shape.channels;
    const images = train.count + test.count;
    const content = format.kind === "cifar"
      ? images * (format.labelBytes + pixels)
      : 2 * (16 + 8) + images * (pixels + 1); // two files of images and two of labels, each with its header
    assert.equal(files.reduce((sum, { bytes }) => sum + bytes, 0), content, name);
  }
});

Deno.test("the catalogue schema refuses an entry whose parts name files that it does not have", () => {
  const entry = catalogueEntry("mnist");
  assert.equal(catalogueEntrySchema.safeParse(entry).success, true);
  const wrong = { ...entry, test: { count: 1, files: ["nothing"] } };
  assert.match(String(catalogueEntrySchema.safeParse(wrong).error), /nothing is not among the entry's files/);
  assert.equal(catalogueEntrySchema.safeParse({ ...entry, licence: undefined }).success, false);
  assert.equal(catalogueEntrySchema.safeParse({ ...entry, licens: "MIT" }).success, false);
});
