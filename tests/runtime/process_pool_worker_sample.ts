import { z } from "zod";
import { serveTasks } from "../../lib/runtime/process_pool_worker.ts";

/** What the workers of process_pool_test.ts do. */
const task = z.object({ do: z.string(), value: z.number().default(0) });

await serveTasks({
  task,
  async run({ do: what, value }, { onProgress }) {
    switch (what) {
      case "square":
        return value ** 2;
      case "text":
        return "not a number";
      case "throw":
        throw new RangeError(`no ${value}`);
      case "exit":
        console.error("about to give up");
        Deno.exit(3);
        break;
      case "killed":
        Deno.kill(Deno.pid, "SIGKILL");
        break;
      case "threads":
        return Number(Deno.env.get("TF_NUM_INTRAOP_THREADS"));
      case "chatty":
        console.log("a library says hello");
        onProgress({ kind: "begin", task: "count", total: 1, unit: "sheep" });
        onProgress({ kind: "advance", task: "count", done: 1, metrics: { loss: NaN } });
        return 1;
      case "lying":
        console.log('\u001e{"kind":"nonsense"}');
        break;
      case "pid":
        return Deno.pid;
    }
    onProgress({ kind: "note", task: "sleep", text: `${Deno.pid}` });
    await new Promise((resolve) => setTimeout(resolve, 100_000));
  },
});
