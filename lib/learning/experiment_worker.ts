import { z } from "zod";
import { serveTasks } from "../runtime/process_pool_worker.ts";
import { cellLoader, runCell } from "./experiment_cell.ts";
import { cellsOf, experimentSchema } from "./experiment_schema.ts";

// What an experiment's processes run: one cell after another.

const load = cellLoader();

await serveTasks({
  task: z.strictObject({ experiment: experimentSchema, place: z.int(), folder: z.string() }),
  run: ({ experiment, place, folder }, { onProgress }) =>
    runCell(cellsOf(experiment)[place], { folder, load, onProgress }),
});
