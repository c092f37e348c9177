import assert from "node:assert/strict";
import { profile, profileName } from "curio";

function withProfile<T>(name: string | undefined, work: () => T): T {
  const before = Deno.env.get("CURIO_PROFILE");
  const set = (value?: string) =>
    value === undefined ? Deno.env.delete("CURIO_PROFILE") : Deno.env.set("CURIO_PROFILE", value);
  set(name);
  try {
    return work();
  } finally {
    set(before);
  }
}

Deno.test("profile() picks the value of CURIO_PROFILE, and of quick where it is unset or empty", () => {
  const epochs = () => profile({ smoke: 1, quick: 8, full: 40 });
  assert.deepEqual(["smoke", "quick", "full", "", undefined].map((name) => withProfile(name, epochs)), [
    1,
    8,
    40,
    8,
    8,
  ]);
});

Deno.test("profileName() refuses a profile that is not there", () => {
  assert.throws(() => withProfile("fast", profileName), /one of smoke, quick, full.*current value is "fast"/);
});
