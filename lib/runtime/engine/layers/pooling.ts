import { z } from "zod";
import type { Lowering } from "../lowering.ts";
import { channelsLast, padding, pair } from "./config.ts";

const pool = (kind: "MaxPool" | "AvgPool"): Lowering => ({ add, config }, [x]) => {
  const { poolSize, strides, padding: border } = config(
    z.object({ poolSize: pair, strides: pair, padding, dataFormat: channelsLast }),
  );
  return add(kind, [x], {
    ksize: { ints: [1, ...poolSize, 1] },
    strides: { ints: [1, ...strides, 1] },
    padding: border,
  });
};

const globalPool = (kind: "Mean" | "Max"): Lowering => ({ add, config, graph }, [x]) => {
  config(z.object({ dataFormat: channelsLast }));
  return add(kind, [x, graph.integers([1, 2])]);
};

/** Layers that pool. */
export const poolingLayers: Readonly<Record<string, Lowering>> = {
  MaxPooling2D: pool("MaxPool"),
  AveragePooling2D: pool("AvgPool"),
  GlobalAveragePooling2D: globalPool("Mean"),
  GlobalMaxPooling2D: globalPool("Max"),
};
