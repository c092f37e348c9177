import assert from "node:assert/strict";
import { DataFormatError, encodeSafetensors, readStateDict } from "curio";
import fc from "fast-check";
import { pickleOf, storedZip, torchZip } from "./hostile_files.ts";

/** `files/` is written by `make_files.py`. */
const file = (name: string) => new URL(`files/${name}`, import.meta.url).pathname;

async function contentOf(path: string) {
  const entries = [...await readStateDict(path)].map(async ([name, { shape, type, read }]) =>
    [name, { shape: [...shape], type, numbers: [...await read()] }] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}

const line = Array.from({ length: 24 }, (_, index) => index);
/** What `make_files.py` puts in; the nearest float16 to 0.1 is 0.0999755859375, the nearest bfloat16 0.10009765625. */
const torchContent = {
  float32: { shape: [2, 3], type: "float32", numbers: [0.5, -1.5, 2.25, 3, 4, 5] },
  float16: { shape: [3], type: "float16", numbers: [0.0999755859375, 65504, -2] },
  bfloat16: { shape: [3], type: "bfloat16", numbers: [0.10009765625, 3.00405527047391e38, -2] },
  float64: { shape: [2], type: "float64", numbers: [Math.fround(0.1), -2] },
  int64: { shape: [], type: "int64", numbers: [7] },
  transposed: { shape: [6, 4], type: "float32", numbers: line.map((index) => index % 4 * 6 + Math.floor(index / 4)) },
  slice: { shape: [2, 3], type: "float32", numbers: [8, 9, 10, 14, 15, 16] },
  expanded: { shape: [3], type: "float32", numbers: [5, 5, 5] },
  parameter: { shape: [2], type: "float32", numbers: [1, 1] },
};

for (const name of ["zip.pth", "legacy.pth", "checkpoint.pth"]) {
  Deno.test(`readStateDict() reads every type and view of PyTorch's, from ${name}`, async () => {
    assert.deepEqual(await contentOf(file(name)), torchContent);
  });
}

for (const name of ["keras3.weights.h5", "keras3.keras", "keras3_model.h5"]) {
  Deno.test(`readStateDict() names the weights of ${name} by layer and kind`, async () => {
    const content = await contentOf(file(name));
    const eighths = (from: number, count: number) => Array.from({ length: count }, (_, index) => (from + index) / 8);
    assert.deepEqual(content["conv/kernel"], { shape: [3, 3, 3, 2], type: "float32", numbers: eighths(0, 54) });
    assert.deepEqual(content["conv/bias"].numbers, eighths(54, 2));
    assert.deepEqual(content["norm/gamma"].numbers, eighths(56, 2));
    assert.deepEqual(content["norm/beta"].numbers, eighths(58, 2));
    assert.deepEqual(content["norm/moving_mean"].numbers, eighths(60, 2));
    assert.deepEqual(content["norm/moving_variance"].numbers, eighths(62, 2));
    assert.deepEqual(content["logits/kernel"].shape, [8, 3]);
    assert.equal(Object.keys(content).length, 8);
  });
}

Deno.test("readStateDict() knows the names that Keras 1 gave the weights of VGG16", async () => {
  const content = await contentOf(file("keras1.h5"));
  assert.deepEqual(Object.keys(content), ["block1_conv1/kernel", "block1_conv1/bias"]);
  assert.deepEqual(content["block1_conv1/bias"].numbers, [1, 2]);
});

async function refused(bytes: Uint8Array, message: RegExp, name = "weights.pth"): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/${name}`;
  await Deno.writeFile(path, bytes);
  try {
    await assert.rejects(
      async () => {
        for (const { read } of (await readStateDict(path)).values()) await read();
      },
      (error) => {
        assert.ok(error instanceof DataFormatError, `${error}`);
        assert.match(error.message, message);
        assert.ok(error.message.length < 1200);
        return true;
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readStateDict() refuses whatever a pickle names but tensors and plain data, by name", async () => {
  for (const [module, name] of [["os", "system"], ["posix", "system"], ["builtins", "eval"], ["torch", "load"]]) {
    const text = `${module}\\.${name}`;
    const call = `c${module}\n${name}\n(S'echo pwned'\ntR.`;
    await refused(pickleOf("\x80\x02", call), new RegExp(`refers to ${text}`));
    await refused(pickleOf(call), new RegExp(`refers to ${text}`)); // protocol 0
    await refused(pickleOf(`(S'echo pwned'\ni${module}\n${name}\n.`), new RegExp(`refers to ${text}`));
    const short = (word: string) => `\x8c${String.fromCharCode(word.length)}${word}`;
    const stacked = `\x80\x04${short(module)}${short(name)}\x93${short("echo")}\x85R.`;
    await refused(pickleOf(stacked), new RegExp(`refers to ${text}`));
    await refused(
      torchZip({ pickle: pickleOf("\x80\x02", call) }),
      new RegExp(`refers to ${text}.*Nothing of it has been run`),
    );
  }
  await refused(
    pickleOf("\x80\x02ctorchvision.models.resnet\nResNet\n)\x81."),
    /torchvision\.models\.resnet\.ResNet.*state_dict/,
  );
});

Deno.test("readStateDict() refuses pickles that are damaged, deep, or copy without end", async () => {
  const cases: [string, RegExp][] = [
    ["\x80\x02]q\x00" + "h\x00a".repeat(10), /must hold .* bytes more|state dict|of something else/],
    ["\x80\x02X\xff\xff\xff\x7fabc.", /must hold 2147483647 bytes more/],
    ["\x80\x02\x8b\xff\xff\xff\x7f.", /256 bytes at most/],
    ["\x80\x02t.", /must mark what it takes/],
    ["\x80\x020.", /empty stack/],
    ["\x80\x02h\x05.", /memo 5/],
    ["\x80\x02\x82\x01.", /opcodes that weights need.*0x82/],
    ["\x80\x02K\x01K\x02R.", /must apply operations to a Tuple/],
    ["\x80\x02K\x01)R.", /call what can be called/],
    ["\x80\x02U\x04torcQ.", /must be storages of numbers/],
    ["\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.", /_rebuild_tensor_v2 as torch does/],
    ["\x80\x02}q\x00U\x0astate_dicth\x00s.", /something else/], // a dict that holds itself
    ["\x80\x02" + "]".repeat(100_000) + "a".repeat(99_999) + ".", /pickle of something else/],
    // A list of 100,000 pairs, asked for again and again.
    [
      "\x80\x02](" + "]".repeat(100_000) + "eq\x00ccollections\nOrderedDict\nq\x01" + "h\x01h\x00\x85R".repeat(10_000) +
      ".",
      /must copy less/,
    ],
  ];
  for (const [text, message] of cases) await refused(pickleOf(text), message);
});

Deno.test("readStateDict() refuses tensors that reach out of their storage, and absurd shapes", async () => {
  const tensor = (options: { shape: number[]; strides: number[]; offset?: number; length?: number; bytes?: number }) =>
    torchZip({ tensor: { length: 4, offset: 0, bytes: 16, ...options } });
  await refused(tensor({ shape: [5], strides: [1] }), /"weight" must lie within its 4 stored numbers/);
  await refused(tensor({ shape: [2], strides: [1], offset: 3 }), /from number 3/);
  await refused(tensor({ shape: [2], strides: [-1], offset: 3 }), /strides \[-1\]/);
  await refused(tensor({ shape: [2 ** 30, 2 ** 30, 2 ** 30], strides: [0, 0, 0] }), /the shape \[1073741824/);
  await refused(tensor({ shape: [-1], strides: [1] }), /the shape \[-1\]/);
  await refused(tensor({ shape: new Array(9).fill(1), strides: new Array(9).fill(1) }), /8 axes/);
  await refused(tensor({ shape: [4], strides: [1], bytes: 15 }), /data\/0 must have the 16 bytes/);
  await refused(tensor({ shape: [4], strides: [1], length: 2 ** 30 }), /must have the 4294967296 bytes/);
});

Deno.test("readStateDict() says which tensor is not finite, and where", async () => {
  const numbers = (...values: number[]) => ({
    tensors: new Map([["fc.weight", { shape: [values.length], data: Float32Array.from(values) }]]),
    metadata: {},
  });
  await refused(
    encodeSafetensors(numbers(1, NaN, 2)),
    /"fc\.weight" must be finite as float32: current value is NaN at place 1/,
  );
  await refused(encodeSafetensors(numbers(1, 2, -Infinity)), /-Infinity at place 2/);
});

Deno.test("readStateDict() refuses safetensors whose header lies", async () => {
  const safetensors = (header: object | string, { length, data = 8 }: { length?: bigint; data?: number } = {}) => {
    const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + data);
    new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const entry = (shape: number[], from: number, to: number) => ({ dtype: "F32", shape, data_offsets: [from, to] });
  const name = "w.safetensors";
  await refused(safetensors({}, { length: 2n ** 60n }), /header must fit .*1152921504606846976/, name);
  await refused(
    safetensors({ a: entry([1], 0, 4), b: entry([1], 2, 6) }),
    /"b" must begin where the one before ends/,
    name,
  );
  await refused(safetensors({ a: entry([1], 0, 4) }), /must end where its last tensor ends/, name);
  await refused(
    safetensors({ a: entry([2 ** 40, 2 ** 40], 0, 8) }),
    /the 4\.835703278458517e\+24 bytes of its shape/,
    name,
  );
  await refused(safetensors({ a: entry([2], 8, 0) }), /bytes of its shape/, name);
  await refused(safetensors({ a: { ...entry([8], 0, 8), dtype: "F8_E5M2" } }), /"a" must be a tensor/, name);
  await refused(safetensors("[".repeat(100_000)), /must be JSON/, name);
  await refused(safetensors(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), /"a" must be a tensor/, name);
  await refused(new Uint8Array(0), /8 bytes of its header's length/, name);
});

Deno.test("readStateDict() refuses archives that are cut, packed, of something else, or hold a name twice", async () => {
  const whole = await Deno.readFile(file("zip.pth"));
  for (const length of [4, 30, 1000, whole.length - 1]) await refused(whole.subarray(0, length), /whole zip archive/);
  const bomb = storedZip([{ name: "archive/data.pkl", content: new Uint8Array(10), claims: 2 ** 31, method: 8 }]);
  await refused(bomb, /"archive\/data\.pkl" must be stored as it is.*2147483648 bytes packed into 10/);
  const twice = { name: "archive/data.pkl", content: new Uint8Array(1) };
  await refused(storedZip([twice, twice]), /"archive\/data\.pkl" twice/);
  await refused(
    storedZip([{ name: "photo.txt", content: new Uint8Array(1) }]),
    /must be an archive of weights.*photo\.txt/,
  );
  await refused(storedZip([{ name: "../data.pkl", content: new Uint8Array(1) }]), /whole zip archive.*relative path/);
  await refused(new TextEncoder().encode("<!DOCTYPE html>"), /must be a safetensors, PyTorch or Keras file.*3c21444f/);
});

Deno.test("readStateDict() refuses legacy files whose storages are not what their pickle says", async () => {
  const whole = await Deno.readFile(file("legacy.pth"));
  await refused(whole.subarray(0, whole.length - 1), /must have \d+ bytes from here on|must end where/);
  await refused(Uint8Array.of(...whole, 0), /must end where its last storage ends/);
});

Deno.test("readStateDict() refuses HDF5 files that are cut or hold no weights", async () => {
  const whole = await Deno.readFile(file("keras3_model.h5"));
  await refused(whole.subarray(0, 2000), /whole HDF5 file/, "weights.h5");
});

/** Every mutilated file gives our own error or tensors, never another error and never a wait. */
async function survivesMutilation(name: string, { numRuns }: { numRuns: number }): Promise<void> {
  const whole = await Deno.readFile(file(name));
  const folder = await Deno.makeTempDir();
  const path = `${folder}/${name}`;
  const change = fc.record({ place: fc.nat(whole.length - 1), value: fc.nat(255) });
  const mutilation = fc.record({
    changes: fc.array(change, { maxLength: 8 }),
    length: fc.oneof({ weight: 4, arbitrary: fc.constant(whole.length) }, fc.nat(whole.length)),
  });
  try {
    await fc.assert(
      fc.asyncProperty(mutilation, async ({ changes, length }) => {
        const bytes = whole.slice(0, length);
        for (const { place, value } of changes) if (place < length) bytes[place] = value;
        await Deno.writeFile(path, bytes);
        try {
          for (const { read, shape } of (await readStateDict(path)).values()) {
            assert.equal((await read()).length, shape.reduce((product, side) => product * side, 1));
          }
        } catch (error) {
          if (!(error instanceof DataFormatError)) throw error;
        }
      }),
      { numRuns },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readStateDict() survives mutilated zip archives of PyTorch's", () =>
  survivesMutilation("zip.pth", { numRuns: 300 }));
Deno.test("readStateDict() survives mutilated legacy files of PyTorch's", () =>
  survivesMutilation("legacy.pth", { numRuns: 300 }));
Deno.test("readStateDict() survives mutilated HDF5 files", () => survivesMutilation("keras3_model.h5", { numRuns: 6 }));
