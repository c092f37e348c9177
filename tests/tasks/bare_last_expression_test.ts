import assert from "node:assert/strict";
import { bareLastExpression } from "../../lib/tasks/bare_last_expression.ts";

const harmless: [string, string][] = [
  ["a declaration", "const a = 1;"],
  ["a declaration over several lines", "const a = {\n  b: [1, 2],\n};"],
  ["await", "await show(figure);"],
  ["await over several lines", "await show(\n  figure({\n    a,\n  }),\n);"],
  ["console.log", 'console.log("a; b");'],
  ["a loop", "for (const a of b) {\n  c(a);\n}"],
  ["a function", "function f() {\n  return 1;\n}"],
  ["an import", 'import { a } from "curio";'],
  ["a value in the middle", "a;\nawait show(a);"],
  ["a comment at the end", "await show(a);\n// a value"],
  ["an address in a string", 'const a = "https://x.org";'],
  ["if and else", "if (a) {\n  b();\n} else {\n  c();\n}"],
  ["an object pattern", "const { a, b } = await f();"],
  ["a template", "const a = `\n;x\n`;"],
  ["a type", 'type A = "x" | "y";'],
  ["a chain on a block", "const a = [1].map((x) => {\n  return x;\n})\n  .filter(Boolean);"],
  ["dispose()", "model.network.dispose();"],
  ["nothing", "// only words"],
];
for (const [name, source] of harmless) {
  Deno.test(`bareLastExpression() finds none in ${name}`, () => assert.equal(bareLastExpression(source), undefined));
}

const bare: [string, string, string][] = [
  ["a name", "const a = 1;\na;", "a;"],
  ["a name without a semicolon", "const a = 1;\na", "a"],
  ["a call", "const a = 1;\nf(a);", "f(a);"],
  ["a call after a block", "for (const a of b) {\n  c(a);\n}\nf(a);", "f(a);"],
  ["a call over several lines", "f({\n  a: 1,\n});", "f({"],
  ["a string", '"x";', '"_";'],
  ["a name that begins like a keyword", "constant;", "constant;"],
];
for (const [name, source, expected] of bare) {
  Deno.test(`bareLastExpression() finds ${name}`, () => assert.equal(bareLastExpression(source), expected));
}
