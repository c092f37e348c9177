import assert from "node:assert/strict";
import { join } from "node:path";
import { backend } from "curio";
import { tensorflowFolder } from "../../lib/runtime/addon.ts";
import { preloadTensorFlow } from "../../lib/runtime/preload_tensorflow.ts";

const folder = join(tensorflowFolder, "tensorflow");

Deno.test("preloadTensorFlow() does nothing where there are no libraries", () => {
  preloadTensorFlow("/nowhere/at/all");
});

Deno.test({
  name: "preloadTensorFlow() loads the libraries, and leaves little of their 850 MB mapped",
  ignore: backend.name !== "tensorflow" || Deno.build.os !== "linux",
  async fn() {
    const module = new URL("../../lib/runtime/preload_tensorflow.ts", import.meta.url);
    const code = `import { preloadTensorFlow } from "${module}"; preloadTensorFlow(${JSON.stringify(folder)});
      console.log(Deno.readTextFileSync("/proc/self/maps").includes("libtensorflow_cc.so.2"));
      console.log(/^RssFile:\\s+(\\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"))[1]);`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], stderr: "null" }).output();
    const [isLoaded, kilobytes] = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(isLoaded, "true");
    assert.ok(Number(kilobytes) < 100 * 1024, `${kilobytes} kB of files are mapped`);
  },
});
