import type { Architecture } from "./architecture.ts";
import { cifarResnetArchitecture } from "./cifar_resnet.ts";
import { resnetArchitecture } from "./resnet.ts";

/** The networks that can be built by name. */
export const architectures: ReadonlyMap<string, Architecture> = new Map(
  [
    ...([18, 34, 50, 101, 152] as const).map(resnetArchitecture),
    ...[20, 32, 44, 56, 110].flatMap((depth) => [
      cifarResnetArchitecture(depth, "A"),
      cifarResnetArchitecture(depth, "B"),
    ]),
  ].map((architecture) => [architecture.name, architecture]),
);

/**
 * The architecture of a name.
 *
 * @throws {RangeError} naming those that there are, if there is none of this name
 */
export function architectureOf(name: string): Architecture {
  const architecture = architectures.get(name);
  if (architecture) return architecture;
  throw new RangeError(
    `Cannot build a network: its name must be one of ${[...architectures.keys()].join(", ")}: ` +
      `current value is "${name}"`,
  );
}
