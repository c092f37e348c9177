/**
 * What `deno task …` runs. Nothing that is imported here, or by what is imported here, may come from npm: on a fresh
 * clone there is nothing but Deno.
 *
 * @module
 */
import { requireDeno } from "./require_deno.ts";
import { packagesStep } from "./setup/packages.ts";
import { setUp } from "./setup/set_up.ts";
import { thisSite } from "./setup/site.ts";
import { SetupError } from "./setup/step.ts";
import { type Need, stepsFor } from "./setup/steps.ts";
import { say } from "./terminal.ts";

/** What a task's file exports. */
interface TaskModule {
  /** Does the task; the number is the exit code. */
  run(args: readonly string[]): Promise<number>;
}

interface Task {
  /** What must be there first; `undefined` for a task that works on a bare clone. */
  readonly needs?: readonly Need[];
  /** Loaded only after set-up: from here on packages may be imported. */
  load(): Promise<TaskModule>;
}

const tasks: Readonly<Record<string, Task>> = {
  setup: { needs: ["compute", "kernel", "data"], load: () => import("./setup.ts") },
  test: { needs: ["compute", "kernel"], load: () => import("./test.ts") },
  notebooks: { needs: ["compute", "kernel", "data"], load: () => import("./notebooks.ts") },
  report: { needs: [], load: () => import("./report.ts") },
  handin: { needs: ["compute", "kernel", "data"], load: () => import("./handin.ts") },
  lab: { needs: ["compute", "kernel", "data", "lab"], load: () => import("./lab.ts") },
  label: { needs: [], load: () => import("./label.ts") },
  doctor: { load: () => import("./doctor.ts") },
  strip: { needs: [], load: () => import("./strip.ts") },
  "check-committed": { needs: [], load: () => import("./check_committed.ts") },
  bench: { needs: ["compute"], load: () => import("./bench.ts") },
  predict: { needs: ["compute"], load: () => import("./predict.ts") },
  pretrain: { needs: ["compute"], load: () => import("./pretrain.ts") },
  grade: { needs: ["compute", "kernel", "data"], load: () => import("./grade.ts") },
  clean: { load: () => import("./clean.ts") },
};

async function main([name, ...args]: readonly string[]): Promise<number> {
  const task = tasks[name];
  if (task === undefined) {
    say(`There is no task "${name ?? ""}". There are: ${Object.keys(tasks).join(", ")}.`);
    return 2;
  }
  if (task.needs !== undefined) {
    requireDeno();
    const site = thisSite();
    const packages = packagesStep(site);
    const hadPackages = await packages.isDone();
    await setUp(site, [packages, ...await stepsFor(site, task.needs)]);
    // A process that started without node_modules does not see one that comes later.
    if (!hadPackages) return await again([name, ...args]);
  }
  return await (await task.load()).run(args);
}

async function again(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, ...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // Ctrl-C reaches the child too, which says what there is to say.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

/** What `parseArgs` of `node:util` throws for an option that a task does not have. */
function isWrongArgument(error: unknown): error is TypeError {
  return error instanceof TypeError && String(Reflect.get(error, "code")).startsWith("ERR_PARSE_ARGS");
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof SetupError) && !isWrongArgument(error)) throw error;
    say(`\n${error.message}`);
    Deno.exit(error instanceof SetupError ? 1 : 2);
  }
}
