import { z } from "zod";
import type { NotebookFindings } from "./findings.ts";

const protocol = z.object({ protocol: z.object({ seeds: z.array(z.number()) }) });

/** Below so many seeds no test of the notebooks can reject. */
const fewestSeeds = 6;

/** What a reader must know before believing the numbers, in sentences; each follows from what was recorded. */
export function limitsOf(notebooks: readonly NotebookFindings[]): string[] {
  const limits: string[] = [];
  const core = notebooks.filter(({ name }) => /^0[1-3]_/.test(name));
  const different = <Value>(of: (found: NotebookFindings) => Value) => [...new Set(core.map(of))];
  const smoke = notebooks.filter(({ metrics }) => metrics.profile === "smoke").map(({ name }) =>
    /^\d+/.exec(name)?.[0] ?? name
  );
  if (smoke.length > 0) {
    limits.push(
      `Notebooks ${
        smoke.join(", ")
      } were run in the smoke profile, on a slice of the data. That shows that every cell ` +
        "works, and nothing about the methods; CURIO_PROFILE=quick does.",
    );
  }
  for (
    const [what, values] of [
      ["profiles", different(({ metrics }) => metrics.profile)],
      ["seeds", different(({ metrics }) => String(metrics.seed))],
      ["commits", different(({ metrics }) => metrics.commit?.slice(0, 10) ?? "no commit")],
      ["devices", different(({ metrics }) => `${metrics.backend} on ${metrics.device}`)],
    ] as const
  ) {
    if (values.length > 1) limits.push(`The notebooks were run with different ${what}: ${values.join(", ")}.`);
  }
  const compared = notebooks.find(({ name }) => name.startsWith("03_"))?.metrics.configuration;
  const seeds = protocol.safeParse(compared).data?.protocol.seeds.length;
  if (seeds !== undefined && seeds < fewestSeeds) {
    limits.push(
      `The networks of notebook 3 were compared over ${seeds} seeds; below ${fewestSeeds} no test can reject, so those ` +
        "differences describe and prove nothing.",
    );
  }
  const datasets = [...new Set(core.flatMap(({ metrics }) => metrics.data.map(({ name }) => name)))];
  if (datasets.length > 0) {
    const sets = datasets.length === 1 ? "One dataset" : `${datasets.length} datasets`;
    limits.push(`${sets}: ${datasets.join(", ")}. On other data another strategy may lead.`);
  }
  limits.push(
    "The pool is balanced and its labels are right: people's labels cost more, and are sometimes wrong.",
  );
  return limits;
}
