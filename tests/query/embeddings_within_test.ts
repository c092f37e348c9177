import assert from "node:assert/strict";
import { blocksOf, poolView } from "curio";
import { embeddingsWithin } from "../../lib/query/embeddings_within.ts";
import { waves } from "./waves.ts";

Deno.test("embeddingsWithin() holds in memory what fits, and leaves the rest where it is", async () => {
  const rows = waves(10, 6, 1);
  const view = poolView({ classCount: 2, embeddingBlocks: blocksOf(rows) });
  assert.deepEqual(await embeddingsWithin(view, 240), rows);
  assert.ok(!("data" in await embeddingsWithin(view, 239)));
});
