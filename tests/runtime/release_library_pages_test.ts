import assert from "node:assert/strict";
import { backend, tf } from "curio";
import { releaseLibraryPages } from "../../lib/runtime/release_library_pages.ts";

/** Megabytes of files that are mapped into this process. */
function mappedMegabytes(): number {
  return Number(/^RssFile:\s+(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1024;
}

Deno.test({
  name: "releaseLibraryPages() unmaps what TensorFlow has touched, and it computes the same as before",
  ignore: backend.name !== "tensorflow" || Deno.build.os !== "linux",
  fn() {
    const a = tf.randomNormal([50, 60], 0, 1, "float32", 1);
    const product = () => tf.tidy(() => a.matMul(a, false, true).softmax().dataSync());
    const before = product();
    const mapped = mappedMegabytes();
    releaseLibraryPages("libtensorflow");
    assert.ok(mappedMegabytes() < mapped, `${mappedMegabytes()} MB of ${mapped} MB are still mapped`);
    assert.deepEqual(product(), before);
    releaseLibraryPages("no library of that name");
    assert.deepEqual(product(), before);
    a.dispose();
  },
});
