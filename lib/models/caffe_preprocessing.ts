import type { Preprocessing } from "./architecture.ts";

/**
 * As Keras prepares images for networks whose weights came from Caffe: bytes in the order blue, green, red, less the mean
 * of ImageNet's, not divided.
 */
export const caffePreprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  interpolation: "bilinear",
  normalization: { mean: [123.68 / 255, 116.779 / 255, 103.939 / 255], deviation: [1 / 255, 1 / 255, 1 / 255] },
  channelOrder: "bgr",
};
