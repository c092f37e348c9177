import assert from "node:assert/strict";
import { join } from "node:path";
import { DataFormatError, finalLabels, importLabels, labelsIn, openLabelStore, readLabels, writeLabels } from "curio";
import { draft, inFolder, paint, smallStore } from "./small_store.ts";

const classNames = ["cat", `"dog", =1+1`, "../fox"];

/** Three photos: one that two agree on, one they do not, one that one of them skipped. */
async function labelled(folder: string) {
  await paint(folder, 3);
  const store = smallStore(folder, 3, { classNames, overlap: 2 });
  const [a, b, c] = store.items().map(({ key }) => key);
  const people = ["Anna", `Ben, "Jr"`].map((name) => store.access.annotator(name));
  await store.record(people[0], [
    draft(a, "label", { label: 2, took: 1500 }),
    draft(b, "label", { label: 1 }),
    draft(c, "skip"),
  ]);
  await store.record(people[1], [draft(a, "label", { label: 2 }), draft(b, "label", { label: 0 }), draft(c, "unsure")]);
  return store;
}

for (const name of ["labels.csv", "labels.jsonl", "labels.parquet", "labels.json"]) {
  Deno.test(`${name}: all answers come back, once however often they are taken in`, async () => {
    await inFolder(async (folder) => {
      const store = await labelled(folder);
      await writeLabels(store, join(folder, name));
      const file = await readLabels(join(folder, name));
      const facts = ({ path, kind, labels, annotator }: typeof file.records[number]) =>
        [path, kind, labels, annotator].join();
      assert.deepEqual(file.records.map(facts).sort(), labelsIn(store).records.map(facts).sort());

      const other = openLabelStore(join(folder, "other.sqlite"), { classNames });
      other.ask("again", store.items().map(({ ref, file }) => ({ ref: `moved/${ref}`, file })));
      assert.deepEqual((await importLabels(other, file)).added, 6);
      assert.deepEqual(await importLabels(other, file), { added: 0, known: 6, notes: [] });
      assert.equal(other.decisions().length, 6);
      other.close();
      store.close();
    });
  });
}

Deno.test("folders and COCO get what each image is in the end; an adjudicator's word counts before votes", async () => {
  await inFolder(async (folder) => {
    const store = await labelled(folder);
    assert.deepEqual([...finalLabels(store)], [["0.png", 2]]);
    const owner = store.access.annotator("Olga", "owner");
    await store.record(owner, [draft(store.items()[1].key, "adjudicate", { label: 0 })]);
    await writeLabels(store, join(folder, "classes"));
    assert.deepEqual((await readLabels(join(folder, "classes"))).records.map(({ labels, path }) => [labels[0], path]), [
      ["../fox", "%2E.%2Ffox/0.png"],
      ["cat", "cat/1.png"],
    ]);
    await writeLabels(store, join(folder, "coco.json"), { format: "coco" });
    const coco = await readLabels(join(folder, "coco.json"));
    assert.deepEqual(coco.records.map(({ path, labels }) => [path, ...labels]), [["0.png", "../fox"], [
      "1.png",
      "cat",
    ]]);
    assert.deepEqual([coco.paths.length, coco.classNames], [3, classNames]);
    store.close();
  });
});

Deno.test("importLabels() says what it could not place", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    const record = { kind: "label" as const, annotator: "Anna" };
    const records = [
      { ...record, path: "0.png", labels: ["cat", "dog"] },
      { ...record, path: "0.png", labels: ["owl"] },
      { ...record, path: "9.png", labels: ["cat"] },
    ];
    const { added, notes } = await importLabels(store, { records, paths: [], guesses: [], notes: [] });
    assert.equal(added, 1);
    assert.deepEqual(notes, [
      "1 answers are about images that are not here",
      "1 answers name classes that this project does not have",
      "1 answers name more than one class; the first was taken",
    ]);
    store.close();
  });
});

Deno.test("importLabels() keeps apart images that share a name, and takes a model's guesses where there are none", async () => {
  await inFolder(async (folder) => {
    const store = openLabelStore(join(folder, "labels.sqlite"), { classNames: ["cat", "dog"] });
    store.ask("all", ["cats/1.jpg", "2.jpg"].map((ref) => ({ ref, file: join(folder, ref) })));
    const record = { kind: "label" as const, annotator: "Anna" };
    const records = [
      { ...record, path: "data/cats/1.jpg", labels: ["cat"] },
      { ...record, path: "data/dogs/1.jpg", labels: ["dog"] },
      { ...record, path: "/data/upload/1/1f2e3d4c-2.jpg", labels: ["dog"] },
    ];
    const guesses = [{ path: "/data/upload/1/1f2e3d4c-2.jpg", label: "cat", confidence: 0.7 }];
    const { added, notes } = await importLabels(store, { paths: [], records, guesses, notes: [] });
    assert.deepEqual([added, notes], [2, ["1 answers are about images that are not here"]]);
    assert.deepEqual([...finalLabels(store)], [["cats/1.jpg", 0], ["2.jpg", 1]]);
    assert.deepEqual(store.items().map(({ guess, confidence }) => [guess, confidence]), [[null, null], [0, 0.7]]);
    store.close();
  });
});

Deno.test("finalLabels() by Dawid and Skene does not let two who guess outvote one who knows", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 40, { classNames: ["cat", "dog"], overlap: 5 });
    const labels: Readonly<Record<string, (item: number) => number>> = {
      ...{ a: (item) => item % 2, b: (item) => item % 2, c: (item) => item % 2 },
      ...{ d: (item) => item % 10 < 5 ? 0 : 1, e: (item) => item % 10 < 5 ? 0 : 1 },
    };
    for (const [name, labelOf] of Object.entries(labels)) {
      // From 30 on, only one of the three who know has answered, and both who guess.
      const drafts = store.items().flatMap(({ key }, item) =>
        item >= 30 && "bc".includes(name) ? [] : [draft(key, "label", { label: labelOf(item) })]
      );
      await store.record(store.access.annotator(name), drafts);
    }
    const right = (labels: ReadonlyMap<string, number>) =>
      [...labels.values()].filter((label, item) => label === item % 2).length;
    assert.deepEqual([right(finalLabels(store)), right(finalLabels(store, "dawidSkene"))], [36, 40]);
    store.close();
  });
});

Deno.test("readLabels() reads COCO with several objects on an image as one answer with their classes", async () => {
  await inFolder(async (folder) => {
    const coco = {
      images: [{ id: 1, file_name: "a.jpg" }],
      categories: [{ id: 1, name: "cat" }, { id: 2, name: "dog" }],
      annotations: [1, 2, 1].map((category_id, id) => ({ id, image_id: 1, category_id, bbox: [0, 0, 5, 5] })),
    };
    await Deno.writeTextFile(join(folder, "coco.json"), JSON.stringify(coco));
    const { records } = await readLabels(join(folder, "coco.json"));
    assert.deepEqual(records.map(({ path, labels }) => [path, ...labels]), [["a.jpg", "cat", "dog"]]);
  });
});

Deno.test("readLabels() refuses what is not of its format", async () => {
  await inFolder(async (folder) => {
    const bad: Readonly<Record<string, string>> = {
      "a.csv": "x,y\n1,2\n",
      "b.jsonl": "{",
      "c.parquet": "PAR1 no",
      "d.json": `{"images": [], "categories": []}`,
      "e.json": `{"images": [], "categories": [], "annotations": [{"image_id": 1, "category_id": 1}]}`,
    };
    for (const [name, text] of Object.entries(bad)) {
      await Deno.writeTextFile(join(folder, name), text);
      await assert.rejects(readLabels(join(folder, name)), DataFormatError, name);
    }
    await assert.rejects(readLabels(join(folder, "x.doc")), /Cannot tell the format/);
    await Deno.writeTextFile(join(folder, "seven.csv"), "filename,class\na.jpg,007\n");
    await Deno.rename(join(folder, "seven.csv"), join(folder, "seven.txt"));
    const { records } = await readLabels(join(folder, "seven.txt"), { format: "csv" });
    assert.deepEqual(records[0].labels, ["007"]);
  });
});
