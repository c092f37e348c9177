import { dirname, join } from "node:path";
import type { Isolation } from "./isolation.ts";

/** A file or folder of the machine that the sandbox shows. */
export interface Mount {
  readonly from: string;
  /** Where it is seen; at its own path by default. */
  readonly at?: string;
  /** Whether it may be written to; never by default. */
  readonly writable?: boolean;
}

/** What {@linkcode isolatedCommand} wraps. */
export interface IsolatedCommandOptions {
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  /** The one folder that can be written to: in memory, at most so large, gone at the end. */
  readonly writable?: { readonly path: string; readonly bytes: number };
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether graphics cards are shown. */
  readonly devices?: boolean;
}

/** Room for what programs put into `/tmp` and `/dev/shm` without asking where they should. */
const smallRoom = 64 * 2 ** 20;

/**
 * The command line that runs a command with nothing around it but the system's programs, read only, and what is mounted:
 * no network, no other processes, no other users, no terminal, no capabilities, no files of anybody's.
 */
export function isolatedCommand(
  { command: bubblewrap, options, user }: Isolation & { kind: "bubblewrap" },
  { command, mounts, writable, cwd = "/", env = {}, devices = false }: IsolatedCommandOptions,
): string[] {
  const room = (path: string, bytes: number) => [
    ...["--perms", "1777"],
    ...(options.has("--size") ? ["--size", `${bytes}`] : []),
    ...["--tmpfs", path],
  ];
  const shown = mounts.filter(({ from, at = from }) => !isBelow(at, "/usr")); // which is there as a whole
  const places = [...shown.map(({ from, at = from }) => at), ...(writable ? [writable.path] : [])];
  const ways = [...new Set(places.flatMap(ancestors))].filter((way) => !system.includes(way) && way !== writable?.path);
  // Bubblewrap makes what is missing on the way to a mount for its own user alone.
  const made = (isOpen: boolean) =>
    ways.filter((way) => (writable !== undefined && isBelow(way, writable.path)) === isOpen)
      .flatMap((way) => ["--perms", isOpen ? "1777" : "0755", "--dir", way]);
  return [
    bubblewrap,
    ...["--die-with-parent", "--new-session", "--clearenv"],
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    ...(user === null
      ? ["--unshare-user", ...(options.has("--disable-userns") ? ["--disable-userns"] : [])]
      // The limit on processes binds no process that Linux counts as root's: a user of its own is set inside.
      : ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]),
    ...["--proc", "/proc", "--dev", "/dev", ...room("/dev/shm", smallRoom)],
    ...systemMounts(),
    ...room("/tmp", smallRoom),
    ...made(false),
    ...(writable ? room(writable.path, writable.bytes) : []),
    ...made(true),
    ...shown.flatMap(({ from, at = from, writable: open }) => [open ? "--bind" : "--ro-bind", from, at]),
    ...(devices ? deviceMounts() : []),
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", cwd, "--", ...command],
  ];
}

/** Programs and libraries; of `/etc` only what says nothing of this machine's people. */
function systemMounts(): string[] {
  const libraries = ["bin", "sbin", "lib", "lib32", "lib64"].flatMap((name) => {
    const path = `/${name}`;
    try {
      return Deno.lstatSync(path).isSymlink ? ["--symlink", Deno.readLinkSync(path), path] : ["--ro-bind", path, path];
    } catch {
      return []; // this system has none
    }
  });
  const settings = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types"];
  return [
    ...["--ro-bind", "/usr", "/usr", ...libraries, "--perms", "0755", "--dir", "/etc"],
    ...settings.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
  ];
}

function deviceMounts(): string[] {
  const cards = [...Deno.readDirSync("/dev")].map(({ name }) => name).filter((name) => /^(nvidia|dri$)/.test(name));
  return ["--ro-bind", "/sys", "/sys", ...cards.flatMap((name) => ["--dev-bind", `/dev/${name}`, `/dev/${name}`])];
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestors(parent), parent];
}

/** What is there before anything is mounted. */
const system: readonly string[] = ["/", "/usr", "/etc", "/tmp", "/dev", "/proc"];

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(join(folder, "/"));
}
