/**
 * Loads Fashion-MNIST once, which fetches what is missing of it.
 *
 * @module
 */
import { loadDataset } from "../../data/load_dataset.ts";
import { downloadText } from "../download_text.ts";

const { train, test } = await loadDataset("fashion-mnist", { onProgress: downloadText((text) => console.log(text)) });
console.log(`${train.images.count} training and ${test.images.count} test images`);
