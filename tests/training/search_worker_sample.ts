import { z } from "zod";
import { serveTasks } from "../../lib/runtime/process_pool_worker.ts";

/** What the workers of search_test.ts evaluate: best at x = 2. */
await serveTasks({
  task: z.object({ configuration: z.object({ x: z.number() }), budget: z.number() }),
  run({ configuration: { x }, budget }) {
    if (x === 9) Deno.exit(1);
    return Promise.resolve(x === 8 ? NaN : budget - (x - 2) ** 2);
  },
});
