import assert from "node:assert/strict";
import { dirname, join, relative, resolve } from "node:path";
import { projectRoot } from "../lib/runtime/project_root.ts";

// The rules of ARCHITECTURE.md, read off the import statements.

const rooms = [
  ...["runtime", "data", "training", "models", "query", "learning", "continual", "report", "labeling", "tasks"],
];
const lib = join(projectRoot, "lib");

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isDynamic: boolean;
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) files.push(...await filesBelow(join(folder, name)));
    else if (/\.tsx?$/.test(name)) files.push(join(folder, name));
  }
  return files.sort();
}

function importsIn(file: string): Import[] {
  const code = Deno.readTextFileSync(file).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const fixed = [...code.matchAll(/^\s*(?:import|export)\b[^"';()]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"/gm)];
  const dynamic = [...code.matchAll(/\bimport\(\s*"([^"]+)"/g)];
  const place = (to: string) => to.startsWith(".") ? resolve(dirname(file), to) : to;
  return [
    ...fixed.map(([, from, alone]) => ({ from: file, to: place(from ?? alone), isDynamic: false })),
    ...dynamic.map(([, to]) => ({ from: file, to: place(to), isDynamic: true })),
  ];
}

const files = await filesBelow(lib);
const imports = files.flatMap(importsIn);
const shortName = (path: string) => relative(projectRoot, path);
const roomOf = (path: string) => relative(lib, path).split("/")[0];
const isOurs = (path: string) => path.startsWith(lib);

Deno.test("every file of lib lies in a room, and every room is one of those in ARCHITECTURE.md", async () => {
  const plan = await Deno.readTextFile(join(projectRoot, "ARCHITECTURE.md"));
  for (const file of files) {
    const room = roomOf(file);
    assert.ok(room === "mod.ts" || rooms.includes(room), `${shortName(file)} lies in no room`);
  }
  const listed = [...plan.matchAll(/^ {2}(\w+)\/ /gm)].map(([, room]) => room);
  assert.deepEqual(listed, rooms);
});

Deno.test("a room imports only itself and rooms that stand before it", () => {
  for (const { from, to } of imports.filter(({ from, to }) => isOurs(to) && roomOf(from) !== "mod.ts")) {
    const [room, other] = [roomOf(from), roomOf(to)].map((name) => rooms.indexOf(name));
    assert.ok(other <= room, `${shortName(from)} imports ${shortName(to)}, which stands above it`);
  }
});

Deno.test("nothing imports mod.ts, neither by its path nor as curio", () => {
  for (const { from, to } of imports) {
    assert.ok(to !== join(lib, "mod.ts") && to !== "curio", `${shortName(from)} imports mod.ts`);
  }
});

Deno.test("no file imports itself in a circle", () => {
  const state = new Map<string, "open" | "closed">();
  const visit = (file: string, path: readonly string[]) => {
    const seen = state.get(file);
    const circle = [...path.slice(path.indexOf(file)), file].map(shortName).join(" → ");
    assert.notEqual(seen, "open", `a circle: ${circle}`);
    if (seen === "closed") return;
    state.set(file, "open");
    for (const { to } of imports.filter(({ from, to }) => from === file && isOurs(to))) visit(to, [...path, file]);
    state.set(file, "closed");
  };
  files.forEach((file) => visit(file, []));
});

Deno.test("TensorFlow.js is imported in runtime/tensorflow.ts alone, where it is ready to compute", () => {
  const own = join(lib, "runtime", "tensorflow.ts");
  for (const { from, to } of imports.filter(({ to }) => to.startsWith("@tensorflow/"))) {
    assert.equal(from, own, `${shortName(from)} imports ${to}`);
  }
});

Deno.test("lib/tasks/main.ts runs on a bare clone: nothing from npm in what it imports", () => {
  const seen = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { to } of importsOfValuesIn(file)) {
      const way = [...path, file].map(shortName).join(" → ");
      assert.ok(to.startsWith("node:") || isOurs(to), `${way} imports ${to}, which comes from npm`);
      visit(to, [...path, file]);
    }
  };
  visit(join(lib, "tasks", "main.ts"), []);
});

/** What is really loaded: types are gone by then, and what is imported later does not count. */
function importsOfValuesIn(file: string): Import[] {
  const types = [...Deno.readTextFileSync(file).matchAll(/^import type [^"]*?from "([^"]+)"/gm)].map(([, to]) => to);
  const places = types.map((to) => to.startsWith(".") ? resolve(dirname(file), to) : to);
  return importsIn(file).filter(({ to, isDynamic }) => !isDynamic && !to.startsWith("node:") && !places.includes(to));
}

Deno.test("a notebook imports from curio and node alone", async () => {
  const folder = join(projectRoot, "notebooks");
  const notebooks = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  for (const { name } of notebooks.filter(({ name }) => name.endsWith(".ipynb"))) {
    const text = await Deno.readTextFile(join(folder, name));
    for (const [, module] of text.matchAll(/\bfrom \\"([^"\\]+)\\"/g)) {
      assert.match(module, /^(curio$|node:)/, `${name} imports ${module}`);
    }
  }
});
