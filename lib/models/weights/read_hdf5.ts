import { DataFormatError } from "../../data/data_format_error.ts";
import { checkedSize, checkFinite, readRange } from "./file_tensor.ts";
import type { Hdf5Answer, Hdf5Request } from "./hdf5_worker.ts";
import { bytesOf, float32Numbers } from "./number_type.ts";
import type { StateDict, StateTensor } from "./state_dict.ts";

/** Twice what the largest network of the catalogue has, VGG-19. */
const mostNumbers = 2 ** 28;
/** Time for one tensor; the largest takes a second or two. */
const patienceSeconds = 60;

/**
 * The weights in a Keras file (legacy `.h5` of weights or of a whole model, `.weights.h5`), by `layer/kind`. They are all
 * in memory.
 *
 * @param part where the HDF5 file lies in the file, if not all of it is one
 * @throws {DataFormatError} if it is damaged, of something else than Keras' weights, or too large
 */
export async function readHdf5(path: string, part?: { start: number; length: number }): Promise<StateDict> {
  const place = part ?? { start: 0, length: (await Deno.stat(path)).size };
  const refuse = (rule: string, value: string | number) => new DataFormatError({ file: path, rule, value });
  if (place.length > 8 * mostNumbers) throw refuse(`it must have ${8 * mostNumbers} bytes at most`, place.length);
  const bytes = new Uint8Array(await readRange(path, place));
  const tensors = new Map<string, StateTensor>();
  const worker = new Worker(new URL("./hdf5_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = () => reject(refuse(`a tensor of it must be readable in ${patienceSeconds} s`, "longer"));
  let timer = setTimeout(late, 1000 * patienceSeconds);
  worker.addEventListener("message", ({ data }: MessageEvent<Hdf5Answer>) => {
    clearTimeout(timer);
    timer = setTimeout(late, 1000 * patienceSeconds);
    if (data.kind === "end") return resolve();
    if (data.kind === "fault") return reject(refuse(data.rule, data.value));
    try {
      tensors.set(data.name, heldTensor(path, data));
    } catch (error) {
      reject(error);
    }
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    reject(refuse("it must be a whole HDF5 file", event.message));
  });
  try {
    const request: Hdf5Request = { bytes, most: mostNumbers };
    worker.postMessage(request, [bytes.buffer]);
    await promise;
    return tensors;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

function heldTensor(
  file: string,
  { name, type, shape, buffer }: Extract<Hdf5Answer, { kind: "tensor" }>,
): StateTensor {
  if (checkedSize(file, { name, shape }) * bytesOf(type) !== buffer.byteLength) {
    throw new DataFormatError({
      file,
      rule: `tensor "${name}" must fill its shape [${shape}]`,
      value: "another length",
    });
  }
  return {
    shape,
    type,
    read() {
      const numbers = float32Numbers(buffer.slice(0), type);
      checkFinite(file, { name, numbers });
      return Promise.resolve(numbers);
    },
  };
}
