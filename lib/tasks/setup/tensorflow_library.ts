import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "../../runtime/write_file_atomic.ts";
import { lastLines } from "../command.ts";
import { bytesText, duration } from "../terminal.ts";
import { type TensorFlowChoice, tensorflowVersion } from "./choose_tensorflow.ts";
import { fetchWheel } from "./fetch_wheel.ts";
import { findWheels, type Wheel } from "./find_wheels.ts";
import { runPython } from "./run_python.ts";
import { type Site, venvPath, venvPython } from "./site.ts";
import { SetupError, type Step } from "./step.ts";

/** What is written beside the unpacked library, last of all. */
export interface UnpackedLibrary {
  readonly package: string;
  readonly version: string;
  readonly device: "cpu" | "gpu";
  readonly reason: string;
}

/** SHA-256 of the wheels that this was tested with; an index that offers other bytes is refused. */
const knownWheels: Readonly<Record<string, string>> = {
  "tensorflow-cpu x86_64": "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
  "tensorflow x86_64": "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
  "tensorflow aarch64": "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
};

/** The CUDA libraries that TensorFlow 2.21 names in its `and-cuda` extra, less the compiler, which only XLA wants. */
const cudaRequirements = [
  "nvidia-cublas-cu12>=12.5.3.2,<13.0",
  "nvidia-cuda-cupti-cu12>=12.5.82,<13.0",
  "nvidia-cuda-nvrtc-cu12>=12.5.82,<13.0",
  "nvidia-cuda-runtime-cu12>=12.5.82,<13.0",
  "nvidia-cudnn-cu12>=9.3.0.75,<10.0",
  "nvidia-cufft-cu12>=11.2.3.61,<12.0",
  "nvidia-curand-cu12>=10.3.6.82,<11.0",
  "nvidia-cusolver-cu12>=11.6.3.83,<12.0",
  "nvidia-cusparse-cu12>=12.5.1.3,<13.0",
  "nvidia-nccl-cu12>=2.27.7,<3.0",
  "nvidia-nvjitlink-cu12>=12.5.82,<13.0",
];

/** Of a wheel of hundreds of megabytes only these are wanted: the libraries, and the C headers to build against. */
const wantedMembers = [
  String.raw`tensorflow/libtensorflow_(cc|framework)\.so\.2`,
  String.raw`tensorflow/include/tensorflow/c/.*\.h`,
  String.raw`tensorflow/include/(tensorflow/core|tsl)/platform/ctstring(_internal)?\.h`,
  String.raw`tensorflow/include/(xla/)?tsl/c/.*\.h`,
  String.raw`nvidia/.*/lib/.*\.so.*`,
];

const unpackScript = fileURLToPath(new URL("../python/unpack_wheel.py", import.meta.url));

/** TensorFlow's C library out of its Python wheel: newer by years than the one the npm package would fetch. */
export function tensorflowStep(site: Site, choice: TensorFlowChoice): Step {
  const library = venvPath(site, "tensorflow", "tensorflow");
  const onGpu = choice.device === "gpu";
  return {
    name: `TensorFlow ${tensorflowVersion} for ${onGpu ? choice.reason : "the processor"}`,
    fetches: onGpu ? 3.2e9 : 274e6,
    disk: onGpu ? 6e9 : 860e6,
    seconds: onGpu ? 400 : 45,
    async isDone() {
      const unpacked = await unpackedLibrary(site);
      // The library for a GPU also does without one: a checkout may be shared by machines with and without.
      return unpacked?.version === tensorflowVersion &&
        (unpacked.device === choice.device || unpacked.device === "gpu");
    },
    async run(progress) {
      // Left by a run that was broken off: what was fetched is kept, what was half unpacked is not.
      const partial = venvPath(site, "tensorflow", "partial");
      const unpacked = join(partial, "unpacked");
      await Deno.remove(unpacked, { recursive: true }).catch(() => {});
      await Deno.mkdir(partial, { recursive: true });
      progress("asking the package index");
      const wheels = await findWheels(site, [
        `${choice.package}==${tensorflowVersion}`,
        ...(onGpu ? cudaRequirements : []),
      ], choice);
      requireKnown(wheels, choice);
      for (const wheel of wheels) {
        const file = await fetchWheel(site, wheel, { ...choice, folder: partial, progress });
        await unpack(site, file, { folder: unpacked, progress });
      }
      const { device, reason } = choice;
      const note: UnpackedLibrary = { package: choice.package, version: tensorflowVersion, device, reason };
      await writeFileAtomic(join(unpacked, "tensorflow", "library.json"), JSON.stringify(note, null, 2) + "\n");
      await moveInto(join(unpacked, "tensorflow"), { place: library, oldTo: join(partial, "old") });
      if (onGpu) {
        const cuda = venvPath(site, "tensorflow", "nvidia");
        await moveInto(join(unpacked, "nvidia"), { place: cuda, oldTo: join(partial, "old-cuda") });
      }
      await Deno.remove(partial, { recursive: true });
      return `${choice.package} ${tensorflowVersion}: ${choice.reason}`;
    },
  };
}

/** What the last finished run left, or `undefined`. */
export async function unpackedLibrary(site: Site): Promise<UnpackedLibrary | undefined> {
  try {
    const folder = venvPath(site, "tensorflow", "tensorflow");
    await Deno.stat(join(folder, "libtensorflow_cc.so.2"));
    return JSON.parse(await Deno.readTextFile(join(folder, "library.json")));
  } catch {
    return undefined;
  }
}

function requireKnown(wheels: readonly Wheel[], { package: name, architecture }: TensorFlowChoice): void {
  const wheel = wheels.find((wheel) => wheel.name.replaceAll("_", "-") === name);
  if (wheel === undefined) {
    throw new SetupError(`Cannot fetch TensorFlow: the package index does not offer ${name} ${tensorflowVersion}.`);
  }
  const known = knownWheels[`${name} ${architecture}`];
  if (wheel.sha256 !== known) {
    throw new SetupError(
      `Cannot trust ${wheel.address}: its SHA-256 must be ${known}: current value is ${wheel.sha256}. ` +
        "Set PIP_INDEX_URL to an index that serves the original.",
    );
  }
}

interface UnpackOptions {
  readonly folder: string;
  readonly progress: (text: string) => void;
}

async function unpack(site: Site, wheel: string, { folder, progress }: UnpackOptions): Promise<void> {
  const started = Date.now();
  const result = await runPython(site, [venvPython(site), unpackScript, wheel, folder, ...wantedMembers], {
    onLine(line, from) {
      if (from === "stderr") return;
      const [done, total] = line.split(" ").map(Number);
      const left = (Date.now() - started) / 1000 * (total - done) / done;
      progress(`unpacking ${bytesText(done)} of ${bytesText(total)}, ${duration(left)} left`);
    },
  });
  if (result.code === 0) return;
  throw new SetupError(
    `Cannot unpack ${wheel}:\n${lastLines(result.stderr)}\n` +
      "Make room on the disk, or remove the file, and run the same command again.",
  );
}

/** Puts a finished folder in place with two renames, so that at no time half of one is there. */
async function moveInto(finished: string, { place, oldTo }: { place: string; oldTo: string }): Promise<void> {
  await Deno.remove(oldTo, { recursive: true }).catch(() => {});
  await Deno.rename(place, oldTo).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(finished, place);
}
