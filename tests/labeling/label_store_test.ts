import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { DataFormatError, type EventDraft, openLabelStore } from "curio";
import { draft, inFolder, smallStore } from "./small_store.ts";

Deno.test("a store keeps what was recorded, knows what it has seen, and says what stands", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 2);
    const anna = store.access.annotator("Anna");
    const [first, second] = store.items();
    const label = draft(first.key, "label", { label: 1, took: 900 });
    const drafts = [label, draft(second.key, "unsure"), draft(first.key, "note", { text: "<b>" })];
    assert.deepEqual((await store.record(anna, drafts)).map(({ status }) => status), ["stored", "stored", "stored"]);
    assert.deepEqual((await store.record(anna, [label])).map(({ status }) => status), ["known"]);
    store.close();

    const again = openLabelStore(store.path);
    assert.deepEqual(again.project, store.project);
    assert.deepEqual(again.decisions().map(({ kind, label, took }) => ({ kind, label, took })), [
      { kind: "label", label: 1, took: 900 },
      { kind: "unsure", label: null, took: null },
    ]);
    assert.equal(again.remarks()[0].text, "<b>");
    assert.equal(again.events().length, 3);
    again.close();
  });
});

Deno.test("undo brings back what stood before, any number of steps", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    const anna = store.access.annotator("Anna");
    const [{ key }] = store.items();
    const labels = [0, 2, 1].map((label) => draft(key, "label", { label }));
    await store.record(anna, labels);
    const standing = () => store.decisions()[0]?.label;
    assert.equal(standing(), 1);
    for (const [step, before] of [[2, 2], [1, 0], [0, undefined]] as const) {
      await store.record(anna, [draft(key, "undo", { undoes: labels[step].id })]);
      assert.equal(standing(), before);
    }
    assert.equal(store.events().length, 6, "history keeps all of it");
    store.close();
  });
});

Deno.test("record() refuses what cannot be, and stores the rest", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    const [anna, ben] = [store.access.annotator("Anna"), store.access.annotator("Ben")];
    const [{ key }] = store.items();
    const good = draft(key, "label", { label: 0 });
    const receipts = await store.record(anna, [
      draft("elsewhere", "label", { label: 0 }),
      draft(key, "label", { label: 3 }),
      draft(key, "adjudicate", { label: 0 }),
      draft(key, "undo", { undoes: "nothing" }),
      good,
    ]);
    assert.deepEqual(receipts.map(({ status, reason }) => reason ?? status), [
      "no such item",
      "no such class",
      "only owners adjudicate",
      "nothing of yours to undo",
      "stored",
    ]);
    const others = await store.record(ben, [good, draft(key, "undo", { undoes: good.id })]);
    assert.deepEqual(others.map(({ reason }) => reason), ["id in use", "nothing of yours to undo"]);
    store.close();
  });
});

Deno.test("whatever is labelled, sent twice and undone in whatever order, the views hold what a plain replay gives", async () => {
  const step = fc.record({
    item: fc.nat(2),
    who: fc.nat(1),
    label: fc.nat(2),
    undo: fc.boolean(),
    twice: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      await inFolder(async (folder) => {
        const store = smallStore(folder, 3);
        const people = ["Anna", "Ben"].map((name) => store.access.annotator(name));
        const keys = store.items().map(({ key }) => key);
        const stacks = new Map<string, EventDraft[]>();
        for (const { item, who, label, undo, twice } of steps) {
          const stack = stacks.get(`${item} ${who}`) ?? [];
          stacks.set(`${item} ${who}`, stack);
          const last = undo ? stack.pop() : undefined;
          const made = last ? draft(keys[item], "undo", { undoes: last.id }) : draft(keys[item], "label", { label });
          if (last === undefined) stack.push(made);
          await store.record(people[who], twice ? [made, made] : [made]);
        }
        const expected = [...stacks].flatMap(([place, stack]) =>
          stack.length > 0 ? [`${place} ${stack.at(-1)!.label}`] : []
        );
        const found = store.decisions().map(({ item, annotator, label }) =>
          `${item - 1} ${people.findIndex(({ id }) => id === annotator)} ${label}`
        );
        assert.deepEqual(found.sort(), expected.sort());
        store.close();
      });
    }),
    { numRuns: 12 },
  );
});

Deno.test("events can be neither changed nor deleted", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    await store.record(store.access.annotator("Anna"), [draft(store.items()[0].key, "skip")]);
    store.close();
    const database = new DatabaseSync(store.path);
    assert.throws(() => database.exec("UPDATE events SET kind = 'unsure'"), /never changed/);
    assert.throws(() => database.exec("DELETE FROM events"), /never deleted/);
    database.close();
  });
});

Deno.test("a backup made while people label is a whole store", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 50);
    const anna = store.access.annotator("Anna");
    const work = store.items().map(({ key }) => store.record(anna, [draft(key, "label", { label: 0 })]));
    await store.backup(join(folder, "backup.sqlite"));
    await Promise.all(work);
    const copy = openLabelStore(join(folder, "backup.sqlite"));
    assert.equal(copy.items().length, 50);
    assert.equal(copy.key, store.key);
    copy.close();
    store.close();
  });
});

Deno.test("openLabelStore() refuses newer stores, other databases and other files, and leaves them as they are", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    store.close();
    const database = new DatabaseSync(store.path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    assert.throws(
      () => openLabelStore(store.path),
      (error) => error instanceof DataFormatError && /99.*Update/.test(error.message),
    );

    const other = join(folder, "other.sqlite");
    const foreign = new DatabaseSync(other);
    foreign.exec("CREATE TABLE t (a)");
    foreign.close();
    assert.throws(() => openLabelStore(other, { classNames: ["a"] }), /another database/);

    const text = join(folder, "text.sqlite");
    await Deno.writeTextFile(text, "these are my holiday notes ".repeat(200));
    assert.throws(() => openLabelStore(text, { classNames: ["a"] }), DataFormatError);
    assert.match(await Deno.readTextFile(text), /^these are/);
  });
});

Deno.test("asking again for other reasons moves an item to the later query; in the same words it changes nothing", async () => {
  await inFolder((folder) => {
    const store = smallStore(folder, 2);
    const [first, second] = store.items();
    const again = { ref: first.ref, file: first.file, why: "doubt", guess: 2, confidence: 0.4 };
    assert.equal(store.ask("round 1", [again]), 0);
    const [asked, ...others] = store.items(second.query);
    assert.deepEqual([asked.key, asked.why, asked.guess, others.length], [first.key, "doubt", 2, 0]);
    store.ask("round 1", [again]);
    store.ask("the whole folder", [{ ref: second.ref, file: "/moved.png" }]);
    assert.deepEqual(store.items(asked.query), []);
    assert.equal(store.item(second.key)!.file, "/moved.png");
    store.believe([{ ref: second.ref, guess: 1 }]);
    assert.equal(store.item(second.key)!.guess, 1);
    assert.throws(() => store.believe([{ ref: second.ref, guess: 9 }]), /0…2: current value is 9/);
    store.close();
  });
});

Deno.test("classes may be added behind those that a store has, and nothing else", async () => {
  await inFolder((folder) => {
    smallStore(folder, 1).close();
    const path = join(folder, "labels.sqlite");
    openLabelStore(path, { classNames: ["cat", "dog", "fox", "owl"] }).close();
    assert.throws(() => openLabelStore(path, { classNames: ["dog", "cat"] }), /class 0, "cat".*current value is "dog"/);
    assert.throws(() => openLabelStore(join(folder, "new.sqlite")), /at least one class/);
    const many = Array.from({ length: 100_000 }, (_, index) => `class ${index}`);
    assert.throws(() => openLabelStore(join(folder, "many.sqlite"), { classNames: many }), /2000.*100000 classes/);
    assert.throws(() => openLabelStore(join(folder, "twin.sqlite"), { classNames: ["a", "a"] }), /must differ/);
  });
});

Deno.test("an invitation is good once; sessions outlive a restart; secrets are not in the file", async () => {
  await inFolder(async (folder) => {
    const store = smallStore(folder, 1);
    const token = store.access.invite(store.access.annotator("Anna"));
    const secret = store.access.redeem(token)!;
    assert.equal(store.access.redeem(token), undefined);
    assert.equal(store.access.redeem("wrong"), undefined);
    store.close();
    const again = openLabelStore(store.path);
    assert.equal(again.access.session(secret)?.name, "Anna");
    assert.equal(again.access.session(`${secret}x`), undefined);
    again.close();
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(store.path));
    assert.ok(!bytes.includes(token) && !bytes.includes(secret));
  });
});
