import assert from "node:assert/strict";
import { join } from "node:path";
import { type AskOptions, humanOracle, matrix, memoryImages, Random, textScreen } from "curio";
import { draft, inFolder } from "./small_store.ts";

const shape = { height: 4, width: 4, channels: 1 };
const photos = {
  name: "squares",
  images: memoryImages(new Uint8Array(5 * 16).map((_, index) => index), shape),
  classNames: ["dark", "bright"],
  checksum: "00",
};
const asking = (more: Partial<AskOptions> = {}): AskOptions => ({ random: new Random(1), round: 0, ...more });

Deno.test("people answer on the page: ask() shows a link, tells each answer, and resolves with all of them", async () => {
  await inFolder(async (folder) => {
    let said = "";
    const screen = textScreen((text) => said += text);
    await using oracle = humanOracle(photos, {
      store: join(folder, "labels.sqlite"),
      screen,
      why: () => "it is unsure",
    });
    const told: (number | null)[][] = [];
    const answers = oracle.ask(Int32Array.of(3, 1, 4), asking({ onAnswer: (...answer) => told.push(answer) }));
    while (!/token=/.test(said)) await new Promise((resolve) => setTimeout(resolve, 50));

    const [link] = /http:\S+/.exec(said)!;
    const entered = await fetch(link);
    await entered.text();
    const headers = {
      cookie: entered.headers.get("set-cookie")!.split(";")[0],
      origin: new URL(link).origin,
      "content-type": "application/json",
    };
    const post = async (path: string, body: object) =>
      await (await fetch(new URL(path, link), { method: "POST", headers, body: JSON.stringify(body) })).json();
    const { items } = await post("/api/take", { keep: [], count: 9 });
    assert.deepEqual(items.map(({ name, why }: { name: string; why: string }) => [name, why]), [
      ["3", "it is unsure"],
      ["1", "it is unsure"],
      ["4", "it is unsure"],
    ]);
    const image = await fetch(new URL(`/image/${items[0].key}/view`, link), { headers });
    assert.equal(image.headers.get("content-type"), "image/png");
    await image.body?.cancel();
    await post("/api/events", { events: [draft(items[0].key, "label", { label: 1 }), draft(items[1].key, "unsure")] });
    await post("/api/events", { events: [draft(items[2].key, "label", { label: 0 })] });
    assert.deepEqual(await answers, [1, null, 0]);
    assert.deepEqual(told.toSorted(), [[1, null], [3, 1], [4, 0]]);
    assert.match(said, /✓ 3 of 3 labelled/);
  });
});

Deno.test("an interruption loses nothing: asking again, also in a new process, asks only for what is missing", async () => {
  await inFolder(async (folder) => {
    const store = join(folder, "labels.sqlite");
    const screen = textScreen(() => {});
    const replies = ["bright", "what?", "1"];
    const stop = new AbortController();
    const prompt = () => {
      if (replies.length === 1) stop.abort(new Error("the stop button"));
      return replies.shift()!;
    };
    const first = humanOracle(photos, { store, screen, plain: true, prompt });
    await assert.rejects(first.ask(Int32Array.of(0, 1, 2), asking({ signal: stop.signal })), /the stop button/);
    await first.close();

    const questions: string[] = [];
    const answer = (question: string) => questions.push(question) ? "2" : null;
    await using second = humanOracle(photos, { store, screen, plain: true, prompt: answer });
    assert.deepEqual(await second.ask(Int32Array.of(0, 1, 2), asking()), [1, 0, 1]);
    assert.deepEqual(questions, ["Image 3 of 3: 1 dark, 2 bright, ? not sure"]);
    assert.deepEqual(await second.ask(Int32Array.of(2, 0), asking()), [1, 1], "nobody is asked twice");
  });
});

Deno.test("where another opinion is wanted, people are asked about an item that they have answered", async () => {
  await inFolder(async (folder) => {
    let questions = 0;
    const prompt = () => ["dark", "bright"][questions++];
    const screen = textScreen(() => {});
    await using oracle = humanOracle(photos, { store: join(folder, "labels.sqlite"), screen, plain: true, prompt });
    assert.deepEqual(await oracle.ask(Int32Array.of(2), asking()), [0]);
    const again = asking({ round: 1, earlier: () => 1 });
    assert.deepEqual(await oracle.ask(Int32Array.of(2), again), [1]);
    assert.deepEqual(await oracle.ask(Int32Array.of(2), again), [1], "and then not again");
    assert.equal(questions, 2);
  });
});

Deno.test("what the loop knows of a question goes with it: why, the model's guess, and what looks alike", async () => {
  await inFolder(async (folder) => {
    const features = matrix([[1, 0], [0, 1], [0.9, 0.1], [0.1, 0.9], [1, 0.2]]);
    const options = { store: join(folder, "labels.sqlite"), screen: textScreen(() => {}), features, plain: true };
    await using oracle = humanOracle(photos, { ...options, prompt: () => "1" });
    const questions = [3, 0, 1, 4].map((index) => ({ index, score: 1, prediction: 1, confidence: 0.412 }));
    await oracle.ask(Int32Array.of(3, 0, 1, 4), asking({ questions, strategy: "margin" }));
    const facts = oracle.store.items().map(({ ref, why, guess, confidence, likeness }) => ({
      ref,
      why,
      guess,
      confidence,
      likeness,
    }));
    const why = "round 1, the model is 41 % sure, chosen by margin";
    assert.deepEqual(facts, [
      { ref: "3", why, guess: 1, confidence: 0.412, likeness: 0 },
      { ref: "0", why, guess: 1, confidence: 0.412, likeness: 3 },
      { ref: "1", why, guess: 1, confidence: 0.412, likeness: 1 },
      { ref: "4", why, guess: 1, confidence: 0.412, likeness: 2 },
    ]);
  });
});

Deno.test("where nobody sits, the plain way says so", async () => {
  await inFolder(async (folder) => {
    const options = {
      store: join(folder, "labels.sqlite"),
      screen: textScreen(() => {}),
      plain: true,
      prompt: () => null,
    };
    await using oracle = humanOracle(photos, options);
    await assert.rejects(oracle.ask(Int32Array.of(0), asking()), /somebody must sit at the notebook/);
  });
});
