/** What Keras' weights of a layer are called, by the endings that its versions gave their names. */
const endings = [
  [/(^|_)kernel$/, "kernel"],
  [/_W$/, "kernel"],
  [/(^|_)bias$/, "bias"],
  [/_b$/, "bias"],
  [/(^|_)gamma$/, "gamma"],
  [/(^|_)beta$/, "beta"],
  [/(^|_)(moving|running)_mean$/, "moving_mean"],
  [/(^|_)(moving_variance|running_std)$/, "moving_variance"],
] as const;

/** `kernel` of `conv1_conv/kernel:0`, of `block1_conv1_W_1:0` and of `sequential/conv1/kernel`. */
export function kerasKind(name: string): string {
  const last = name.replace(/:\d+$/, "").split("/").at(-1)!;
  const plain = last.replace(/_\d+$/, "");
  return endings.find(([ending]) => ending.test(plain))?.[1] ?? last;
}

/** What a layer's variables are where Keras only numbers them, by their shapes. */
export function kerasKinds(shapes: readonly (readonly number[])[]): readonly string[] {
  if (shapes[0]?.length > 1) return ["kernel", "bias", ...shapes.slice(2).map((_, place) => `${place + 2}`)];
  if (shapes.length === 4) return ["gamma", "beta", "moving_mean", "moving_variance"];
  return shapes.map((_, place) => `${place}`);
}
