import assert from "node:assert/strict";
import { backend } from "curio";
import { computesInBfloat16 } from "../../lib/runtime/computes_in_bfloat16.ts";

Deno.test("computesInBfloat16() reads the processor's flags, and does not know what it cannot read", async () => {
  const path = await Deno.makeTempFile();
  const known = backend.device === "cpu";
  for (
    const [flags, expected] of [
      ["flags\t\t: fpu avx512f avx512_vnni", false],
      ["flags\t\t: fpu avx512f avx512_bf16 amx_tile", true],
      ["processor\t: 0\nFeatures\t: fp asimd bf16 i8mm", true],
    ] as const
  ) {
    await Deno.writeTextFile(path, `${flags}\n`);
    assert.equal(computesInBfloat16(path), known ? expected : undefined, flags);
  }
  await Deno.remove(path);
  assert.equal(computesInBfloat16(path), undefined);
});
