import { join } from "node:path";
import { runPip } from "./run_python.ts";
import { type Site, venvPath } from "./site.ts";
import { SetupError } from "./step.ts";

/** A file that the configured package index offers. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly address: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

/** What pip's report says of one package (https://pip.pypa.io/en/stable/reference/installation-report/). */
interface ReportedPackage {
  readonly metadata: { readonly name: string; readonly version: string };
  readonly download_info: {
    readonly url: string;
    readonly archive_info?: { readonly hash?: string; readonly hashes?: Readonly<Record<string, string>> };
  };
}

/**
 * What makes pip take binaries for CPython 3.12 on Linux, whatever Python is here: only libraries are wanted of them,
 * and those are the same in all.
 */
export function wheelsFor(architecture: string): string[] {
  const platforms = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux1"];
  return [
    ...["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.12"],
    ...platforms.flatMap((platform) => ["--platform", `${platform}_${architecture}`]),
  ];
}

/**
 * Asks pip which wheels it would take for `requirements`, without taking them.
 *
 * @throws {SetupError} with pip's words
 */
export async function findWheels(
  site: Site,
  requirements: readonly string[],
  { architecture }: { architecture: string },
): Promise<Wheel[]> {
  const report = venvPath(site, "tensorflow", "partial", "report.json");
  await runPip(site, [
    ...["install", "--dry-run", "--quiet", "--ignore-installed", ...wheelsFor(architecture)],
    ...["--target", join(report, "..", "nowhere"), "--report", report],
    ...requirements,
  ]);
  const { install }: { install: ReportedPackage[] } = JSON.parse(await Deno.readTextFile(report));
  return install.map(({ metadata, download_info: { url, archive_info } }) => {
    const sha256 = archive_info?.hashes?.sha256 ?? /^sha256=(\w+)$/.exec(archive_info?.hash ?? "")?.[1];
    if (sha256 === undefined) {
      throw new SetupError(
        `Cannot trust ${url}: the package index gives no SHA-256 for it. Set PIP_INDEX_URL to an index that does.`,
      );
    }
    return { name: metadata.name, version: metadata.version, address: url, sha256 };
  });
}
