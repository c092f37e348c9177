import type { NetworkClassifier } from "./network_classifier.ts";
export function saveClassifier(_classifier: NetworkClassifier, _folder: string): Promise<void> {
  throw new Error("Cannot save yet");
}
