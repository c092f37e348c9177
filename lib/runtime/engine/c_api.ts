import { existsSync } from "node:fs";
import { join } from "node:path";
import { type InstalledTensorFlow, installedTensorFlow, tensorflowFolder } from "../addon.ts";
import { backend } from "../tensorflow.ts";

/** A `TF_Output` or `TF_Input`, both `{ TF_Operation*; int }`, passed by value. */
const output = { struct: ["pointer", "i32"] } as const;

const runParameters = [
  "pointer",
  "pointer",
  "buffer",
  "buffer",
  "i32",
  "buffer",
  "buffer",
  "i32",
  "buffer",
  "i32",
  "pointer",
  "pointer",
] as const;

/** The part of TensorFlow's C API (`tensorflow/c/c_api.h`) that building, differentiating and running a graph takes. */
const functions = {
  TF_NewStatus: { parameters: [], result: "pointer" },
  TF_DeleteStatus: { parameters: ["pointer"], result: "void" },
  TF_GetCode: { parameters: ["pointer"], result: "i32" },
  TF_Message: { parameters: ["pointer"], result: "pointer" },

  TF_AllocateTensor: { parameters: ["i32", "buffer", "i32", "usize"], result: "pointer" },
  TF_DeleteTensor: { parameters: ["pointer"], result: "void" },
  TF_TensorType: { parameters: ["pointer"], result: "i32" },
  TF_NumDims: { parameters: ["pointer"], result: "i32" },
  TF_Dim: { parameters: ["pointer", "i32"], result: "i64" },
  TF_TensorByteSize: { parameters: ["pointer"], result: "usize" },
  TF_TensorData: { parameters: ["pointer"], result: "pointer" },

  TF_NewGraph: { parameters: [], result: "pointer" },
  TF_DeleteGraph: { parameters: ["pointer"], result: "void" },
  TF_NewOperation: { parameters: ["pointer", "buffer", "buffer"], result: "pointer" },
  TF_AddInput: { parameters: ["pointer", output], result: "void" },
  TF_AddInputList: { parameters: ["pointer", "buffer", "i32"], result: "void" },
  TF_AddControlInput: { parameters: ["pointer", "pointer"], result: "void" },
  TF_SetAttrString: { parameters: ["pointer", "buffer", "buffer", "usize"], result: "void" },
  TF_SetAttrInt: { parameters: ["pointer", "buffer", "i64"], result: "void" },
  TF_SetAttrIntList: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrFloat: { parameters: ["pointer", "buffer", "f32"], result: "void" },
  TF_SetAttrBool: { parameters: ["pointer", "buffer", "u8"], result: "void" },
  TF_SetAttrType: { parameters: ["pointer", "buffer", "i32"], result: "void" },
  TF_SetAttrShape: { parameters: ["pointer", "buffer", "buffer", "i32"], result: "void" },
  TF_SetAttrTensor: { parameters: ["pointer", "buffer", "pointer", "pointer"], result: "void" },
  TF_FinishOperation: { parameters: ["pointer", "pointer"], result: "pointer" },
  TF_OperationOpType: { parameters: ["pointer"], result: "pointer" },
  TF_OperationOutputNumConsumers: { parameters: [output], result: "i32" },
  TF_OperationOutputConsumers: { parameters: [output, "buffer", "i32"], result: "i32" },
  TF_UpdateEdge: { parameters: ["pointer", output, output, "pointer"], result: "void" },
  TF_GraphGetTensorNumDims: { parameters: ["pointer", output, "pointer"], result: "i32" },
  TF_GraphGetTensorShape: { parameters: ["pointer", output, "buffer", "i32", "pointer"], result: "void" },
  TF_AddGradients: {
    parameters: ["pointer", "buffer", "i32", "buffer", "i32", "pointer", "pointer", "buffer"],
    result: "void",
  },

  TF_NewSessionOptions: { parameters: [], result: "pointer" },
  TF_SetConfig: { parameters: ["pointer", "buffer", "usize", "pointer"], result: "void" },
  TF_DeleteSessionOptions: { parameters: ["pointer"], result: "void" },
  TF_NewSession: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },
  TF_CloseSession: { parameters: ["pointer", "pointer"], result: "void" },
  TF_DeleteSession: { parameters: ["pointer", "pointer"], result: "void" },
  // Runs on a thread of its own: the event loop goes on, and the answer is a promise.
  TF_SessionRun: { parameters: runParameters, result: "void", nonblocking: true },
  // The same on this thread: where a run takes less than a millisecond, changing threads takes as long again.
  runHere: { name: "TF_SessionRun", parameters: runParameters, result: "void" },
} as const;

/** TensorFlow's C functions. */
export type CApi = Deno.DynamicLibrary<typeof functions>["symbols"];

/** Whether graphs can be built in this process; where not, training runs operation by operation. */
export type EngineSupport = { readonly available: true } | { readonly available: false; readonly reason: string };

/** The oldest TensorFlow that the engine was tested with. */
const oldestVersion = [2, 21] as const;

/**
 * Whether this process can compile networks, and if not, why. `CURIO_ENGINE=eager` says no.
 *
 * @throws {RangeError} if `CURIO_ENGINE` is something else
 */
export function engineSupport(
  installed: Pick<InstalledTensorFlow, "version"> | undefined = installedTensorFlow(),
): EngineSupport {
  const wanted = Deno.env.get("CURIO_ENGINE") ?? "";
  if (!["", "eager"].includes(wanted)) {
    throw new RangeError(
      `Cannot choose an engine: CURIO_ENGINE must be "eager" or unset: current value is "${wanted}"`,
    );
  }
  if (wanted === "eager") return { available: false, reason: "CURIO_ENGINE=eager turns the compiler off" };
  if (backend.name !== "tensorflow") return { available: false, reason: `the backend is ${backend.library}` };
  const [major, minor] = (installed?.version ?? "0.0").split(".").map(Number);
  if (!installed || major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1])) {
    return {
      available: false,
      reason:
        `graphs need TensorFlow ${oldestVersion.join(".")} or newer, this is ${
          installed?.version ?? backend.library
        }; ` +
        "`deno task setup` installs it",
    };
  }
  if (!existsSync(libraryPath)) return { available: false, reason: `there is no ${libraryPath}` };
  return { available: true };
}

/** The very file that the addon is linked to, so that both share one copy of TensorFlow. */
const libraryPath = join(tensorflowFolder, "tensorflow", "libtensorflow_cc.so.2");

let opened: CApi | undefined;

/**
 * TensorFlow's C functions, opened once a process and never closed: sessions may still hold threads.
 *
 * @throws {Error} if {@linkcode engineSupport} says no
 */
export function cApi(): CApi {
  if (opened) return opened;
  const support = engineSupport();
  if (!support.available) throw new Error(`Cannot compile a network: ${support.reason}`);
  opened = Deno.dlopen(libraryPath, functions).symbols;
  return opened;
}

/**
 * Calls `work` with a `TF_Status` of its own and throws what the status then says.
 *
 * @param action what was being done, for the message: `run the training step`
 */
export function checked<T>(action: string, work: (status: Deno.PointerValue) => T): T {
  const status = cApi().TF_NewStatus();
  try {
    const result = work(status);
    throwIfFailed(action, status);
    return result;
  } finally {
    cApi().TF_DeleteStatus(status);
  }
}

/** {@linkcode checked} for calls that answer later. */
export async function checkedLater<T>(
  action: string,
  work: (status: Deno.PointerValue) => Promise<T>,
): Promise<T> {
  const status = cApi().TF_NewStatus();
  try {
    const result = await work(status);
    throwIfFailed(action, status);
    return result;
  } finally {
    cApi().TF_DeleteStatus(status);
  }
}

function throwIfFailed(action: string, status: Deno.PointerValue): void {
  if (cApi().TF_GetCode(status) === 0) return;
  const message = cApi().TF_Message(status);
  throw new Error(`Cannot ${action}: ${message ? Deno.UnsafePointerView.getCString(message) : "no message"}`);
}

const encoder = new TextEncoder();

/** The bytes of a C string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}
