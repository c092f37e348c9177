import { join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { installedTensorFlow, repairAddon, tensorflowFolder } from "./addon.ts";
import { preloadCuda } from "./preload_cuda.ts";
import { preloadTensorFlow } from "./preload_tensorflow.ts";
import { quietly } from "./quietly.ts";

/** What computes, and why it was chosen; part of every run's record. */
export interface Backend {
  readonly name: "tensorflow" | "webgpu";
  /** The library and its version: `TensorFlow 2.21.0`. */
  readonly library: string;
  readonly device: "cpu" | "gpu";
  /** Threads that one operation may use; their number changes the last bits of a sum. */
  readonly threads: number;
  readonly reason: string;
}

/** No backend could be started; the message says what to install. */
export class BackendError extends Error {
  override name = "BackendError";
}

/**
 * TensorFlow.js on the backend that {@linkcode backend} describes. Import it from here, never from its package: here it
 * is ready to compute.
 */
export { tf };

/**
 * The backend of this process: TensorFlow's own library through `@tensorflow/tfjs-node-gpu` where set-up has put one,
 * WebGPU otherwise. `CURIO_BACKEND=tensorflow` or `webgpu` insists on one.
 *
 * @throws {BackendError} on import, when neither starts
 */
export const backend: Backend = await startBackend(Deno.env.get("CURIO_BACKEND") ?? "");

async function startBackend(wanted: string): Promise<Backend> {
  if (!["", "tensorflow", "webgpu"].includes(wanted)) {
    throw new BackendError(
      `Cannot choose a backend: CURIO_BACKEND must be "tensorflow", "webgpu" or unset: current value is "${wanted}"`,
    );
  }
  if (wanted === "webgpu") return await startWebGPU("CURIO_BACKEND asks for it");
  if (repairAddon()) {
    try {
      return await startTensorFlow(wanted);
    } catch (error) {
      if (wanted === "tensorflow") {
        throw new BackendError(
          `Cannot start TensorFlow: its addon does not load. Run \`deno task setup\`, or unset CURIO_BACKEND. (${error})`,
        );
      }
      return await startWebGPU(`TensorFlow's addon does not load (${error}); \`deno task setup\` rebuilds it`);
    }
  }
  if (wanted === "tensorflow") {
    throw new BackendError("Cannot start TensorFlow: it is not set up. Run `deno task setup`, or unset CURIO_BACKEND.");
  }
  return await startWebGPU(installedTensorFlow()?.reason ?? "TensorFlow is not set up; `deno task setup` installs it");
}

async function startTensorFlow(wanted: string): Promise<Backend> {
  const installed = installedTensorFlow();
  // The package calls two functions that Node has dropped since it was written.
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
  Deno.env.set("TF_CPP_MIN_LOG_LEVEL", Deno.env.get("TF_CPP_MIN_LOG_LEVEL") ?? "2");
  // The process has one pool of threads, made when the library loads: said here, so that the record is what computes.
  const threads = Number(Deno.env.get("TF_NUM_INTRAOP_THREADS")) || navigator.hardwareConcurrency;
  Deno.env.set("TF_NUM_INTRAOP_THREADS", `${threads}`);
  if (installed?.device === "gpu") preloadCuda(join(tensorflowFolder, "nvidia"));
  const node = await quietly(() => {
    // Before the first wait: while this module waits, others are evaluated and take their memory.
    preloadTensorFlow(join(tensorflowFolder, "tensorflow"));
    return import("@tensorflow/tfjs-node-gpu");
  });
  await tf.setBackend("tensorflow");
  tf.enableProdMode();
  return {
    name: "tensorflow",
    library: `TensorFlow ${installed?.version ?? node.version["tfjs-node"]}`,
    device: Reflect.get(tf.backend(), "isUsingGpuDevice") ? "gpu" : "cpu",
    threads,
    reason: wanted === "tensorflow" ? "CURIO_BACKEND asks for it" : installed?.reason ?? "found beside the package",
  };
}

async function startWebGPU(reason: string): Promise<Backend> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (!adapter) {
    throw new BackendError(
      `Cannot start a backend: WebGPU was chosen because ${reason}, but this machine offers no WebGPU adapter. ` +
        "Run `deno task setup` to install TensorFlow, or a Vulkan driver (Debian: mesa-vulkan-drivers).",
    );
  }
  await import("@tensorflow/tfjs-backend-webgpu");
  await tf.setBackend("webgpu");
  await tf.ready();
  tf.enableProdMode();
  const { vendor, description } = adapter.info;
  return {
    name: "webgpu",
    library: `WebGPU (${[vendor, description].filter(Boolean).join(" ") || "unnamed adapter"})`,
    device: "gpu",
    threads: 1,
    reason,
  };
}
