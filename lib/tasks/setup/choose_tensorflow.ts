import { findCommand, runCommand } from "../command.ts";
import type { Site } from "./site.ts";

/** The release that the addon is built against. */
export const tensorflowVersion = "2.21.0";

/** Which TensorFlow library suits a machine, and why. */
export interface TensorFlowChoice {
  /** The name of the wheel; `prebuilt` where there is no wheel and only the package's own download may do. */
  readonly package: "tensorflow-cpu" | "tensorflow" | "prebuilt";
  readonly device: "cpu" | "gpu";
  /** Whose binaries pip is asked for. */
  readonly architecture: "x86_64" | "aarch64" | "none";
  readonly reason: string;
}

/** A graphics card that TensorFlow's wheel can use, or why there is none. */
export type GpuFinding = { readonly name: string } | { readonly missing: string };

// CUDA 12 runs on any driver from 525.60 on; TensorFlow's wheels hold kernels from compute capability 6.0 on.
const oldestDriver = 525.6;
const oldestCapability = 6;

/** Asks `nvidia-smi`. */
export async function findGpu({ env }: Site): Promise<GpuFinding> {
  if (env.CURIO_DEVICE === "cpu") return { missing: "CURIO_DEVICE=cpu asks for the processor" };
  const command = findCommand("nvidia-smi", env.PATH);
  if (command === undefined) return { missing: "no NVIDIA GPU (nvidia-smi is not on PATH)" };
  const query = [command, "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader"];
  const { code, stdout, stderr } = await runCommand(query, { env });
  const [name, driver, capability] = stdout.split("\n")[0].split(",").map((field) => field.trim());
  if (code !== 0 || name === "" || capability === undefined) {
    return { missing: `nvidia-smi finds no usable GPU (${(stdout + stderr).trim().split("\n")[0]})` };
  }
  if (!(parseFloat(driver) >= oldestDriver)) {
    return { missing: `the driver of ${name} is ${driver}, and CUDA 12 needs ${oldestDriver} or newer` };
  }
  if (!(parseFloat(capability) >= oldestCapability)) {
    return { missing: `${name} has compute capability ${capability}, and TensorFlow needs ${oldestCapability}.0` };
  }
  return { name };
}

/** The library for this machine: with CUDA where there is a GPU to use, for the processor otherwise. */
export async function chooseTensorFlow(site: Site): Promise<TensorFlowChoice> {
  const { os, arch } = Deno.build;
  if (os !== "linux") {
    return { package: "prebuilt", device: "cpu", architecture: "none", reason: `no wheel carries the C API on ${os}` };
  }
  if (arch === "aarch64") {
    // The aarch64 wheels are made for the processor; those for CUDA are x86-64 only.
    return { package: "tensorflow", device: "cpu", architecture: arch, reason: "an Arm processor" };
  }
  const gpu = await findGpu(site);
  return "name" in gpu
    ? { package: "tensorflow", device: "gpu", architecture: arch, reason: gpu.name }
    : { package: "tensorflow-cpu", device: "cpu", architecture: arch, reason: gpu.missing };
}
