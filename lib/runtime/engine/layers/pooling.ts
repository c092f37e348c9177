import { z } from "zod";
import { averagingMatrix } from "../../averaging_matrix.ts";
import type { Lowering } from "../lowering.ts";
import { channelsLast, padding, pair } from "./config.ts";

const pool = (kind: "MaxPool" | "AvgPool"): Lowering => ({ add, config, margins }, [x]) => {
  const { poolSize, strides, padding: border } = config(
    z.object({ poolSize: pair, strides: pair, padding, dataFormat: channelsLast }),
  );
  return add(kind, [x], {
    ksize: { ints: [1, ...poolSize, 1] },
    strides: { ints: [1, ...strides, 1] },
    padding: margins ? "EXPLICIT" : border,
    ...margins && { explicit_paddings: { ints: [0, 0, ...margins.flat(), 0, 0] } },
  });
};

const globalPool = (kind: "Mean" | "Max"): Lowering => ({ add, config, graph }, [x]) => {
  config(z.object({ dataFormat: channelsLast }));
  return add(kind, [x, graph.integers([1, 2])]);
};

/** As a product of matrices, whose gradient TensorFlow knows. */
const adaptiveAverage: Lowering = ({ add, cast, config, graph, sizesOf }, [x]) => {
  const { size: [rows, columns] } = config(z.object({ size: z.tuple([z.number(), z.number()]) }));
  const [height, width, channels] = sizesOf(x);
  const matrix = averagingMatrix([height, width], [rows, columns]);
  const shares = cast(graph.constant(matrix, [height * width, rows * columns]));
  const channelsFirst = add("Transpose", [x, graph.integers([0, 3, 1, 2])]);
  const pixels = add("Reshape", [channelsFirst, graph.integers([-1, height * width])]);
  const means = add("Reshape", [add("MatMul", [pixels, shares]), graph.integers([-1, channels, rows, columns])]);
  return add("Transpose", [means, graph.integers([0, 2, 3, 1])]);
};

/** Layers that pool. */
export const poolingLayers: Readonly<Record<string, Lowering>> = {
  MaxPooling2D: pool("MaxPool"),
  AveragePooling2D: pool("AvgPool"),
  GlobalAveragePooling2D: globalPool("Mean"),
  GlobalMaxPooling2D: globalPool("Max"),
  AdaptiveAveragePooling: adaptiveAverage,
};
