import { addonPaths } from "../../runtime/addon.ts";
import type { Backend } from "../../runtime/tensorflow.ts";
import { probeBackend } from "../probe.ts";
import { type AddonNote, bindingVersion, readAddonNote, writeAddonNote } from "./addon_note.ts";
import type { TensorFlowChoice } from "./choose_tensorflow.ts";
import { compileAddon, compileAddonWithZig } from "./compile_addon.ts";
import { findCompiler } from "./find_compiler.ts";
import { fetchPrebuiltAddon } from "./prebuilt_addon.ts";
import type { Site } from "./site.ts";
import { SetupError, type Step } from "./step.ts";
import { unpackedLibrary } from "./tensorflow_library.ts";

/**
 * What lets JavaScript call TensorFlow: the addon of `@tensorflow/tfjs-node-gpu`, compiled here against the library.
 * Without a compiler one is borrowed from PyPI (Zig's) for the occasion; where that fails too there is the prebuilt
 * addon that the package itself can fetch; and then WebGPU, which needs none.
 */
export function addonStep(site: Site, choice: TensorFlowChoice): Step {
  return {
    name: "TensorFlow's bridge to JavaScript",
    // The borrowed compiler goes again once it has done its work.
    ...(findCompiler(site) ? { fetches: 0, disk: 1e6, seconds: 15 } : { fetches: 94e6, disk: 460e6, seconds: 90 }),
    isDone: () => isDone(site),
    async run(progress) {
      const failures: string[] = [];
      for (const make of waysTo(choice)) {
        try {
          const note = await make(site, progress);
          // The process that tries it reads this; it counts as done only with the right binding.
          await writeAddonNote(site, { ...note, binding: "untried" });
          progress("trying it");
          const probe = await probeBackend("tensorflow", site.env);
          if ("failure" in probe) throw new SetupError(`it does not load (${probe.failure})`);
          const reason = [...failures, note.reason, ...complaint(note, probe.backend)].join("; ");
          await writeAddonNote(site, { ...note, reason });
          return `${note.addon}: ${reason}`;
        } catch (error) {
          if (!(error instanceof SetupError)) throw error;
          failures.push(error.message);
        }
      }
      return await fallBackToWebGPU(site, failures, progress);
    },
  };
}

/** Where there is no wheel there is nothing to compile against. */
function waysTo(choice: TensorFlowChoice) {
  return choice.package === "prebuilt" ? [fetchPrebuiltAddon] : [compileAddon, compileAddonWithZig, fetchPrebuiltAddon];
}

/** Where the library was made for a GPU and computes without it. */
function complaint(note: AddonNote, { device }: Backend): string[] {
  if (note.device === device) return [];
  return ["TensorFlow does not find the CUDA libraries that it needs, and the processor computes"];
}

async function isDone(site: Site): Promise<boolean> {
  const note = await readAddonNote(site);
  if (note === undefined || note.binding !== await bindingVersion(site)) return false;
  if (note.package === "webgpu") return findCompiler(site) === undefined;
  const { addon, kept } = addonPaths(site.root);
  if (!await Deno.stat(note.package === "prebuilt" ? addon : kept).then(() => true, () => false)) return false;
  const library = await unpackedLibrary(site);
  return note.package === "prebuilt" || note.package === library?.package && note.version === library.version;
}

async function fallBackToWebGPU(
  site: Site,
  failures: readonly string[],
  progress: (text: string) => void,
): Promise<string> {
  progress("trying WebGPU");
  const { addon, kept } = addonPaths(site.root);
  for (const path of [addon, kept]) await Deno.remove(path).catch(() => {});
  const probe = await probeBackend("webgpu", site.env);
  const reasons = failures.join("; ");
  if ("failure" in probe) {
    throw new SetupError(
      `Cannot find anything to compute with: ${reasons}; and WebGPU does not start (${probe.failure}).\n` +
        "Install a C++ compiler (Debian and Ubuntu: `sudo apt install g++`; Fedora: `sudo dnf install gcc-c++`; " +
        "without root: conda's gxx) and run the same command again.",
    );
  }
  await writeAddonNote(site, {
    package: "webgpu",
    version: "",
    device: "gpu",
    reason: reasons,
    binding: await bindingVersion(site),
    addon: "none",
  });
  return `WebGPU computes instead, slower (${probe.backend.library}): ${reasons}`;
}
