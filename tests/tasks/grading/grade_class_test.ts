import assert from "node:assert/strict";
import { lanesThatFit } from "../../../lib/tasks/grading/grade_class.ts";
import { processTree } from "../../../lib/tasks/grading/process_tree.ts";

const limits = { memory: 4e9, disk: 1e9 };

Deno.test("lanesThatFit() gives each lane two cores at least, and room for all that it may take", () => {
  const cores = [0, 1, 2, 3, 4, 5, 6, 7];
  assert.equal(lanesThatFit(undefined, { limits, cores, available: 64e9 }).length, 4);
  assert.equal(lanesThatFit(undefined, { limits, cores, available: 11e9 }).length, 2);
  assert.equal(lanesThatFit(undefined, { limits, cores, available: 1e9 }).length, 1);
  assert.equal(lanesThatFit(undefined, { limits, cores: [3], available: 64e9 }).length, 1);
});

Deno.test("lanesThatFit() shares the cores out, none twice", () => {
  const lanes = lanesThatFit(3, { limits, cores: [0, 1, 2, 3, 8], available: 64e9 });
  assert.deepEqual(lanes.map(({ cores }) => cores), [[0, 3], [1, 8], [2]]);
});

Deno.test("lanesThatFit() gives more lanes than cores if asked to", () => {
  const lanes = lanesThatFit(3, { limits, cores: [5, 7], available: 64e9 });
  assert.deepEqual(lanes, [{ number: 0, cores: [5] }, { number: 1, cores: [7] }, { number: 2, cores: [5] }]);
});

Deno.test("processTree() has a process and all below it, with the memory that is their own", async () => {
  const proc = await Deno.makeTempDir();
  const write = async (pid: number, parent: number, command: string) => {
    await Deno.mkdir(`${proc}/${pid}`);
    await Deno.writeTextFile(`${proc}/${pid}/stat`, `${pid} (${command}) S ${parent} 1 1 0`);
    const status = `Name:\tx\nVmRSS:\t 99 kB\nRssAnon:\t  ${pid} kB\nRssFile:\t 80 kB\nRssShmem:\t 1 kB\n`;
    await Deno.writeTextFile(`${proc}/${pid}/status`, status);
  };
  await write(1, 0, "init");
  await write(10, 1, "bwrap");
  await write(11, 10, ") S 1 (a name with a trap");
  await write(12, 11, "kernel");
  await write(20, 1, "someone else's");
  await Deno.mkdir(`${proc}/13`); // ended just now
  assert.deepEqual(processTree(10, { proc }), [
    { pid: 10, depth: 0, memory: 11 * 1024 },
    { pid: 11, depth: 1, memory: 12 * 1024 },
    { pid: 12, depth: 2, memory: 13 * 1024 },
  ]);
  assert.deepEqual(processTree(99, { proc }), []);
  await Deno.remove(proc, { recursive: true });
});
