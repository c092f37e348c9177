import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DataFormatError,
  labelStudioConfig,
  type LabelStudioOptions,
  matchReference,
  pathOfReference,
  readLabels,
  readLabelStudio,
  writeLabelStudio,
} from "curio";

const region = (choices: readonly string[], more: object = {}) => ({
  ...{ id: "wN3xcw", from_name: "choice", to_name: "image", type: "choices", origin: "manual", value: { choices } },
  ...more,
});

/** As Label Studio 1.x writes a project's `JSON`, with what it adds. */
const exported = [
  {
    id: 7,
    annotations: [
      {
        ...{ id: 1001, completed_by: 1, was_cancelled: false, ground_truth: true, lead_time: 3.517, result_count: 0 },
        ...{
          created_at: "2024-03-05T10:15:30.123456Z",
          updated_at: "2024-03-05T10:15:30.123456Z",
          draft_created_at: null,
        },
        ...{
          result: [region(["Cat"])],
          prediction: {},
          unique_id: "0f8c",
          task: 7,
          project: 2,
          parent_prediction: null,
        },
      },
      {
        ...{ id: 1002, completed_by: { id: 4, email: "ben@example.org", first_name: "Ben", last_name: "" } },
        ...{ was_cancelled: true, ground_truth: false, lead_time: 1, created_at: "2024-03-05T10:16:00Z", result: [] },
      },
    ],
    file_upload: "1f2e3d4c-grey_cat.jpg",
    drafts: [],
    predictions: [{ id: 5, model_version: "m1", score: 0.83, result: [region(["Dog"])], task: 7 }],
    data: { image: "/data/upload/2/1f2e3d4c-grey_cat.jpg" },
    ...{ meta: {}, inner_id: 1, total_annotations: 1, cancelled_annotations: 1, total_predictions: 1 },
  },
  {
    id: 8,
    data: { caption: "no image", image: "/data/local-files/?d=photos%2F100%25%20sure%2Fd%C3%B6g%20%26%20co.png" },
    annotations: [
      { completed_by: 2, result: [region(["Dog", "Fox"]), { type: "rectanglelabels", value: { x: 1 }, id: "q" }] },
      { completed_by: 3, result: [] },
    ],
    predictions: [],
  },
];

Deno.test("readLabelStudio() reads every choice of a JSON export, its people, times, skips and predictions", () => {
  const { records, guesses, classNames, paths, notes } = readLabelStudio(JSON.stringify(exported), "export.json");
  assert.deepEqual(records, [
    {
      path: "/data/upload/2/1f2e3d4c-grey_cat.jpg",
      kind: "label",
      labels: ["Cat"],
      annotator: "annotator 1",
      at: Date.parse("2024-03-05T10:15:30.123Z"),
      seconds: 3.517,
      gold: true,
    },
    {
      path: "/data/upload/2/1f2e3d4c-grey_cat.jpg",
      kind: "skip",
      labels: [],
      annotator: "ben@example.org",
      at: Date.parse("2024-03-05T10:16:00Z"),
      seconds: 1,
    },
    { path: "photos/100% sure/dög & co.png", kind: "label", labels: ["Dog", "Fox"], annotator: "annotator 2" },
    { path: "photos/100% sure/dög & co.png", kind: "unsure", labels: [], annotator: "annotator 3" },
  ]);
  assert.deepEqual(guesses, [{ path: paths[0], label: "Dog", confidence: 0.83 }]);
  assert.deepEqual(classNames, ["Cat", "Dog", "Fox"]);
  assert.deepEqual(notes, ["1 regions of type rectanglelabels were left out"]);
});

// label_studio/project.json has the shape of Label Studio 1.x' JSON export; the others were made of it by the converter in
// label-studio-sdk 2.1.2, for a project with choices (several allowed), boxes, a rating and a comment. Two of five tasks
// have no answer: one was cancelled, which the short forms leave out, and one was not looked at.
const project = (name: string) => new URL(`label_studio/${name}`, import.meta.url).pathname;
const answersInProject = [
  ["/data/upload/2/1f2e3d4c-grey_cat_2.jpg", "label", "Adult content|Violence & gore", "ben@example.org"],
  ["/data/upload/2/1f2e3d4c-grey_cat_2.jpg", "label", "Weapons", "anna@example.org"],
  ["C:/photos/5.jpg", "label", "Violence & gore|Weapons", "anna@example.org"],
  ["p/4.jpg", "unsure", "", "anna@example.org"],
];
const pathsInProject = [answersInProject[0][0], "C:/photos/5.jpg", "p/4.jpg", "shots/3.jpg"];

for (const name of ["project.json", "project_min.json", "project.csv", "project.tsv"]) {
  Deno.test(`${name}, as Label Studio's converter writes it, is read with every label and none of the other tags`, async () => {
    const { records, paths } = await readLabels(project(name));
    const facts = records.filter(({ kind }) => kind !== "skip")
      .map(({ path, kind, labels, annotator }) => [path, kind, labels.join("|"), annotator]);
    assert.deepEqual(facts.sort(), answersInProject);
    const full = name === "project.json";
    const skipped = full ? ["photos/100% sure/dög & co.png"] : [];
    assert.deepEqual(records.filter(({ kind }) => kind === "skip").map(({ path }) => path), skipped);
    assert.deepEqual([...paths].sort(), [...pathsInProject, ...skipped].sort());
    const { at, seconds } = records.find(({ labels }) => labels[0] === "Weapons")!;
    assert.deepEqual([at, seconds], [Date.parse("2024-03-05T10:15:31.123456Z"), 3.5]);
  });
}

Deno.test("readLabelStudio() says what it left out: other tags, drafts, choices about a region", async () => {
  const { notes, guesses } = await readLabels(project("project.json"));
  assert.deepEqual(notes, [
    "1 regions of type rectanglelabels were left out",
    "1 regions of type rating were left out",
    "2 regions of type textarea were left out",
    "1 drafts that nobody submitted were left out",
  ]);
  assert.deepEqual(guesses.map(({ label, confidence }) => [label, confidence]), [["Weapons", 0.83]]);
  const aboutBox = { ...region(["Gun"]), value: { choices: ["Gun"], x: 1, y: 2, width: 3, height: 4 } };
  const task = { data: { image: "a.jpg" }, annotations: [{ result: [aboutBox, region(["Cat"])] }], predictions: [17] };
  const read = readLabelStudio(JSON.stringify([task]), "boxes.json");
  assert.deepEqual([read.records[0].labels, read.notes], [["Cat"], ["1 choices about a region were left out"]]);
});

Deno.test("of several tags the one that names the classes is read, or the one that is asked for", () => {
  const tasks = ["Cat", "Dog", "Cat"].map((animal, index) => ({
    data: { image: `${index}.jpg` },
    annotations: [{
      result: [region(["good"], { from_name: "quality" }), region([animal], { from_name: "animal" })],
    }],
  }));
  const first = (options: LabelStudioOptions) =>
    readLabelStudio(JSON.stringify(tasks), "x.json", options).records[1].labels[0];
  assert.equal(first({ classNames: ["Cat", "Dog"] }), "Dog");
  assert.equal(first({ choices: "quality" }), "good");
  const rows = ["Cat", "Dog", "Cat"].map((animal, id) => ({
    ...{ image: `${id}.jpg`, id, comment: `it is ${id}`, animal, annotator: 1, annotation_id: id },
  }));
  assert.deepEqual(readLabelStudio(JSON.stringify(rows), "x.json").records.map(({ labels }) => labels[0]), [
    "Cat",
    "Dog",
    "Cat",
  ]);
});

Deno.test("readLabelStudio() reads the file of one task, and of one annotation as a storage holds it", () => {
  // the first of examples/image_multilabel/completions/1.json in Label Studio's repository, shortened
  const boxed = {
    ...{ from_name: "tag", id: "CPnIaS1e7v", source: "$image", to_name: "img", type: "rectanglelabels" },
    value: { height: 10.6, rectanglelabels: ["Planet"], rotation: 0, width: 13.3, x: 50.4, y: 5.7 },
  };
  const address = "https://htx-misc.s3.amazonaws.com/opensource/label-studio/examples/images/nick-owuor-unsplash.jpg";
  const task = { id: 1, data: { image: address } };
  const result = [boxed, region(["Space"], { to_name: "img" })];
  for (const one of [{ ...task, completions: [{ id: 1001, result }] }, { id: 1001, result, task, completed_by: 1 }]) {
    const { records } = readLabelStudio(JSON.stringify(one), "1.json");
    assert.deepEqual(records.map(({ path, labels }) => [path, ...labels]), [
      ["opensource/label-studio/examples/images/nick-owuor-unsplash.jpg", "Space"],
    ]);
  }
});

Deno.test("readLabelStudio() reads the completions of versions before 1.0", () => {
  const old = [{
    id: 1,
    data: { photo: "s3://bucket/a/b%20c.jpg" },
    completions: [{ created_at: 1600000000, result: [region(["Cat"])] }],
  }];
  const [record] = readLabelStudio(JSON.stringify(old), "old.json").records;
  assert.deepEqual([record.path, record.labels[0], record.at], ["a/b c.jpg", "Cat", 1_600_000_000_000]);
});

Deno.test("readLabelStudio() reads JSON_MIN, where a tag's name is a field like any other", () => {
  const minimal = [
    {
      ...{ photographer: "Ann", image: "/data/local-files/?d=a/1.jpg", id: 11, animal: "Cat", annotator: 1 },
      ...{
        annotation_id: 1001,
        created_at: "2024-03-05T10:15:30Z",
        updated_at: "2024-03-05T10:15:30Z",
        lead_time: 2.5,
      },
    },
    {
      image: "/data/local-files/?d=a\\2.jpg",
      id: 12,
      animal: { choices: ["Dog", "Cat"] },
      annotator: "ben@example.org",
    },
    { image: "/data/local-files/?d=a/3.jpg", id: 13, annotator: 1, annotation_id: 3, lead_time: 1 },
  ];
  const { records } = readLabelStudio(`\ufeff${JSON.stringify(minimal)}`, "min.json");
  assert.deepEqual(records.map(({ path, kind, labels, annotator }) => [path, kind, labels, annotator]), [
    ["a/1.jpg", "label", ["Cat"], "annotator 1"],
    ["a/2.jpg", "label", ["Dog", "Cat"], "ben@example.org"],
    ["a/3.jpg", "unsure", [], "annotator 1"],
  ]);
  assert.deepEqual([records[0].at, records[0].seconds], [Date.parse("2024-03-05T10:15:30Z"), 2.5]);
});

Deno.test("pathOfReference() undoes what addresses do to paths", () => {
  const cases = {
    "/data/local-files/?d=photos/a%20b.jpg": "photos/a b.jpg",
    "http://localhost:8080/data/local-files/?d=photos%5Ccats%5C1.jpg": "photos/cats/1.jpg",
    "/data/local-files/?d=C%3A%5CUsers%5Cme%5C1.jpg": "C:/Users/me/1.jpg",
    "C:\\Users\\me\\100% wool.jpg": "C:/Users/me/100% wool.jpg",
    "/data/local-files/?d=100% wool & silk.jpg": "100% wool & silk.jpg",
    "https://example.org/p/1.jpg?size=2#top": "p/1.jpg",
    "gs://bucket/p/%E2%9C%93.jpg": "p/✓.jpg",
    "photos/100%25.jpg": "photos/100%25.jpg",
    "/tasks/7/presign/?fileuri=czM6Ly9idWNrZXQvYS9iIGMuanBn": "a/b c.jpg",
    "http://ls.example/tasks/7/resolve/?fileuri=gs%3A%2F%2Fbucket%2Fa%2F1.jpg": "a/1.jpg",
    // sha256 of the text
    "data:image/png;base64,iVBORw0KGgo=": "data:e1e10747c2374f62",
  };
  for (const [reference, path] of Object.entries(cases)) assert.equal(pathOfReference(reference), path);
});

Deno.test("matchReference() finds the file whose path ends alike, and none where two might be meant", () => {
  const match = matchReference(["cats/1.jpg", "dogs/1.jpg", "cats/grey cat (2).jpg", "a+b.jpg", "c d.jpg"]);
  const cases = {
    "C:/old place/cats/1.jpg": "cats/1.jpg",
    "1.jpg": undefined,
    "/data/upload/2/1f2e3d4c-grey_cat_2.jpg": "cats/grey cat (2).jpg",
    "/data/upload/2/1f2e3d4c-grey_cat_2_.jpg": "cats/grey cat (2).jpg",
    "a+b.jpg": "a+b.jpg",
    "c+d.jpg": "c d.jpg",
    "missing.jpg": undefined,
  };
  for (const [path, file] of Object.entries(cases)) assert.equal(match(path), file, path);
});

Deno.test("what writeLabelStudio() writes is read back as it was, whatever the names", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) =>
    !/[\\/]/.test(text) && text.isWellFormed()
  );
  const record = fc.record({
    path: fc.tuple(name, name).map(([folder, file]) => `${folder}/${file}.jpg`),
    kind: fc.constantFrom("label" as const, "unsure" as const, "skip" as const),
    label: name,
    annotator: name,
    at: fc.integer({ min: 0, max: 2e12 }),
    seconds: fc.integer({ min: 0, max: 999 }),
  });
  fc.assert(fc.property(fc.array(record, { maxLength: 6 }), (drawn) => {
    const records = drawn.map(({ label, kind, ...rest }) => ({
      ...rest,
      kind,
      labels: kind === "label" ? [label] : [],
    }));
    const paths = [...new Set(records.map(({ path }) => path))];
    const guesses = records.map(({ path, annotator }) => ({ path, label: annotator, confidence: 0.5 }));
    const again = readLabelStudio(writeLabelStudio({ records, paths, guesses }), "again.json");
    const byPath = (list: readonly { readonly path: string }[]) =>
      paths.flatMap((at) => list.filter(({ path }) => path === at));
    assert.deepEqual(again.records, byPath(records));
    assert.deepEqual(again.guesses, byPath(guesses));
  }));
});

Deno.test("writeLabelStudio() writes what Label Studio's import asks for", () => {
  const records = [{ path: "a b/1.jpg", kind: "label" as const, labels: ["Cat"], annotator: "Anna", seconds: 2 }];
  const [task] = JSON.parse(
    writeLabelStudio({ records, paths: ["a b/1.jpg"], guesses: [] }, { folder: "photos\\new" }),
  );
  assert.equal(task.data.image, "/data/local-files/?d=photos/new/a%20b/1.jpg");
  const result = { id: "t1a1", from_name: "choice", to_name: "image", type: "choices", value: { choices: ["Cat"] } };
  assert.deepEqual(task.annotations, [{ result: [result], was_cancelled: false, ground_truth: false, lead_time: 2 }]);
  assert.match(labelStudioConfig([`<"&`]), /<Choice value="&lt;&quot;&amp;"\/>/);
});

Deno.test("readLabelStudio() names the place of what is wrong", () => {
  const wrong = (value: unknown, message: RegExp) =>
    assert.throws(() => readLabelStudio(typeof value === "string" ? value : JSON.stringify(value), "x.json"), message);
  wrong("{", /must be JSON/);
  wrong({}, /a list of tasks: current value is object/);
  wrong([{ data: {} }], /task 0 must name an image.*imageField/);
  wrong([exported[0], { data: { image: "a.jpg" }, annotations: [{ result: 3 }] }], /task 1\.annotations\.0\.result/);
});

Deno.test("readLabelStudio() reads a mutilated export or says what is wrong, and never anything else", () => {
  const text = JSON.stringify(exported);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.nat(30), fc.string({ maxLength: 8 }), (start, length, put) => {
      try {
        readLabelStudio(text.slice(0, start) + put + text.slice(start + length), "x.json");
      } catch (error) {
        assert.ok(error instanceof DataFormatError, String(error));
      }
    }),
    { numRuns: 500 },
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    try {
      readLabelStudio(JSON.stringify([value]), "x.json");
    } catch (error) {
      assert.ok(error instanceof DataFormatError, String(error));
    }
  }));
});
