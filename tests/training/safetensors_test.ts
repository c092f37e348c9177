import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostTensor } from "../../lib/runtime/engine/engine_state.ts";
import {
  encodeSafetensors,
  openSealedSafetensors,
  parseSafetensors,
  sealSafetensors,
} from "../../lib/training/safetensors.ts";

const content = {
  tensors: new Map<string, HostTensor>([
    ["conv/kernel", { shape: [2, 1], data: Float32Array.of(1.5, -2) }],
    ["scalar", { shape: [], data: Float32Array.of(NaN) }],
    ["empty", { shape: [0, 3], data: new Float32Array(0) }],
  ]),
  metadata: { note: "ünïcode" },
};

Deno.test("encodeSafetensors() writes the format: length, header, numbers", () => {
  const file = encodeSafetensors({
    tensors: new Map([["w", { shape: [1], data: Float32Array.of(1) }]]),
    metadata: {},
  });
  const header = '{"__metadata__":{},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const length = Math.ceil(header.length / 8) * 8;
  assert.equal(new DataView(file.buffer).getBigUint64(0, true), BigInt(length));
  assert.equal(new TextDecoder().decode(file.subarray(8, 8 + length)), header.padEnd(length));
  assert.deepEqual([...file.subarray(8 + length)], [0, 0, 0x80, 0x3f]);
});

Deno.test("parseSafetensors() reads back what encodeSafetensors() wrote, from an odd address too", () => {
  const file = encodeSafetensors(content);
  const shifted = new Uint8Array(file.length + 1);
  shifted.set(file, 1);
  assert.deepEqual(parseSafetensors(shifted.subarray(1), "a.safetensors"), content);
});

Deno.test("parseSafetensors() refuses what is cut, grown or of another format, and says where", () => {
  const file = encodeSafetensors(content);
  const refused = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(() => parseSafetensors(bytes, "a.safetensors"), (error) => {
      assert.ok(error instanceof SyntaxError);
      assert.match(error.message, /Cannot read a\.safetensors: /);
      assert.match(error.message, message);
      return true;
    });
  for (let length = 0; length < file.length; length++) refused(file.subarray(0, length), /current value is/);
  refused(Uint8Array.of(...file, 0), /end where its last tensor ends/);
  refused(new Uint8Array(64).fill(0xff), /header must fit/);
  const text = (header: string) =>
    Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header));
  refused(text("{]"), /must be JSON/);
  refused(text("[1]"), /must be an object/);
  refused(text('{"w":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}'), /"w" must be a float32 tensor/);
  refused(text('{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}'), /"w" must begin where the one before ends/);
  refused(text('{"w":{"dtype":"F32","shape":[1e300,1e300],"data_offsets":[0,4]}}'), /"w"/);
});

Deno.test("openSealedSafetensors() notices every flipped bit", () => {
  const file = sealSafetensors(content);
  assert.deepEqual(openSealedSafetensors(file, "a"), content);
  fc.assert(
    fc.property(fc.nat(file.length * 8 - 1), (bit) => {
      const damaged = file.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      assert.throws(() => openSealedSafetensors(damaged, "a"), SyntaxError);
    }),
    { numRuns: 500 },
  );
});
