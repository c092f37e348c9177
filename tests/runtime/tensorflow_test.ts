import assert from "node:assert/strict";
import { backend, tf } from "curio";

/** Runs a line of code in a process of its own, since a process has one backend for life. */
async function inProcess(code: string, env: Record<string, string> = {}) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { NO_COLOR: "1", ...env },
  }).output();
  return { success, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

const printBackend =
  `import { backend, tf } from "curio"; console.log(await tf.ones([2, 2]).sum().array(), backend.name)`;

Deno.test("backend says what computes and why", () => {
  assert.equal(backend.name, tf.getBackend());
  assert.match(backend.library, /TensorFlow \d|WebGPU/);
  assert.ok(backend.threads >= 1 && backend.reason.length > 0);
});

Deno.test("tf computes on that backend: a product of matrices by hand", async () => {
  const [a, b] = [tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])];
  const product = a.matMul(b);
  assert.deepEqual(await product.array(), [[19, 22], [43, 50]]);
  tf.dispose([a, b, product]);
});

Deno.test("importing curio prints nothing", async () => {
  const { success, stderr } = await inProcess(printBackend);
  assert.equal(stderr, "");
  assert.ok(success);
});

Deno.test("CURIO_BACKEND with an unknown name is refused with the names there are", async () => {
  const { success, stderr } = await inProcess(printBackend, { CURIO_BACKEND: "cuda" });
  assert.ok(!success);
  assert.match(stderr, /must be "tensorflow", "webgpu" or unset: current value is "cuda"/);
});

Deno.test("CURIO_BACKEND=webgpu computes on WebGPU, or says which driver is missing", async () => {
  const { success, stdout, stderr } = await inProcess(printBackend, { CURIO_BACKEND: "webgpu" });
  if (success) assert.match(stdout, /^4 webgpu/);
  else assert.match(stderr, /offers no WebGPU adapter\. Run `deno task setup`/);
});

Deno.test("backend.threads is the number that TensorFlow was told", async () => {
  const threads =
    `import { backend } from "curio"; console.log(backend.threads, Deno.env.get("TF_NUM_INTRAOP_THREADS"))`;
  const { stdout } = await inProcess(threads, { CURIO_BACKEND: "tensorflow", TF_NUM_INTRAOP_THREADS: "1" });
  assert.equal(stdout, "1 1\n");
  const { stdout: unset } = await inProcess(threads, { CURIO_BACKEND: "tensorflow" });
  assert.equal(unset, `${navigator.hardwareConcurrency} ${navigator.hardwareConcurrency}\n`);
});
