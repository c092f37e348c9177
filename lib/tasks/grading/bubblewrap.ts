/** Bubblewrap as it is installed here. */
export interface Bubblewrap {
  readonly kind: "bubblewrap";
  readonly command: string;
  /** The options that this version has. */
  readonly options: ReadonlySet<string>;
}

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
  { command: bubblewrap, options }: Bubblewrap,
  { command, mounts, writable, cwd = "/", env = {}, devices = false }: IsolatedCommandOptions,
): string[] {
  const room = (path: string, bytes: number) => [
    ...(options.has("--size") ? ["--size", `${bytes}`] : []),
    ...["--tmpfs", path],
  ];
  const shown = mounts.filter(({ from, at = from }) => !at.startsWith("/usr/")); // which is there as a whole
  return [
    bubblewrap,
    ...["--die-with-parent", "--new-session", "--clearenv"],
    ...["--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"],
    ...(options.has("--disable-userns") ? ["--disable-userns"] : []),
    ...["--proc", "/proc", ...settingsOfTheKernel, "--dev", "/dev", ...room("/dev/shm", smallRoom)],
    ...systemMounts(),
    ...room("/tmp", smallRoom),
    ...(writable ? room(writable.path, writable.bytes) : []),
    ...shown.flatMap(({ from, at = from, writable: open }) => [open ? "--bind" : "--ro-bind", from, at]),
    ...(devices ? deviceMounts() : []),
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", cwd, "--", ...command],
  ];
}

/** Where root, inside as outside, could otherwise change the whole machine. */
const settingsOfTheKernel = ["sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr", "asound", "pressure"]
  .flatMap((name) => ["--ro-bind-try", `/proc/${name}`, `/proc/${name}`]);

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
    ...["--ro-bind", "/usr", "/usr", ...libraries],
    ...settings.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
  ];
}

function deviceMounts(): string[] {
  const cards = [...Deno.readDirSync("/dev")].map(({ name }) => name).filter((name) => /^(nvidia|dri$)/.test(name));
  return ["--ro-bind", "/sys", "/sys", ...cards.flatMap((name) => ["--dev-bind", `/dev/${name}`, `/dev/${name}`])];
}
