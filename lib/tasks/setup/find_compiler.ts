import { findCommand } from "../command.ts";
import type { Site } from "./site.ts";

/** The compilers that set-up looks for, best first; the variable CXX goes before them. */
export const compilerNames = ["c++", "g++", "clang++"];

/** A C++ compiler on this machine, or `undefined`. */
export function findCompiler({ env }: Site): string | undefined {
  const names = env.CXX ? [env.CXX, ...compilerNames] : compilerNames;
  return names.map((name) => name.includes("/") ? name : findCommand(name, env.PATH)).find(Boolean);
}
