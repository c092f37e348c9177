import type { tf } from "../runtime/tensorflow.ts";
import type { Architecture, Stage } from "./architecture.ts";
import { cifarResnetArchitecture } from "./cifar_resnet.ts";
import { efficientNetLite0Architecture } from "./efficientnet_lite0.ts";
import { kerasResnet50Architecture } from "./keras_resnet50.ts";
import { kerasVgg16Architecture } from "./keras_vgg16.ts";
import { resnetArchitecture } from "./resnet.ts";
import { vggArchitecture } from "./vgg.ts";

/** The networks that can be built by name. */
export const architectures: ReadonlyMap<string, Architecture> = new Map(
  [
    ...([18, 34, 50, 101, 152] as const).map(resnetArchitecture),
    ...([11, 13, 16, 19] as const).flatMap((depth) =>
      [false, true].map((batchNorm) => vggArchitecture(depth, { batchNorm }))
    ),
    efficientNetLite0Architecture,
    kerasResnet50Architecture,
    kerasVgg16Architecture,
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

/**
 * The stages of a network: those of its architecture, which its name tells, or else every layer that has weights is a
 * stage.
 */
export function stagesOf({ name, layers }: tf.LayersModel): readonly Stage[] {
  const architecture = architectures.get(name);
  if (architecture) return architecture.stages;
  return layers.filter(({ weights }) => weights.length > 0).map(({ name }) => ({ name, prefixes: [name] }));
}
