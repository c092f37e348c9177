/** As a process: learns the small stream, and is killed in the middle of an experience. */
import { derPlusPlus } from "curio";
import { smallRun } from "./small_stream.ts";

const [checkpoint, dieIn] = Deno.args;
await smallRun({
  strategy: derPlusPlus({ memory: 30 }),
  checkpoint,
  onProgress(event) {
    if (event.kind === "advance" && event.task.startsWith(`experience ${dieIn} `)) Deno.kill(Deno.pid, "SIGKILL");
  },
});
