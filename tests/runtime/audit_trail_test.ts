import assert from "node:assert/strict";
import { audit } from "../../lib/runtime/audit_trail.ts";

// What a trail holds is tested in tests/tasks/grading/read_trail_test.ts, in a process that keeps one.

Deno.test("no trail is kept unless somebody asks for it", () => {
  assert.equal(Deno.env.get("CURIO_AUDIT"), undefined);
  assert.equal(audit, undefined);
});
