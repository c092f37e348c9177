import type { NotebookFindings } from "./findings.ts";
import { markdownTable } from "./markdown.ts";

const deno = "npx -y deno@2.9.6";

/** How the numbers are found again: the commands, and what they were found with. */
export function reproduction(notebooks: readonly NotebookFindings[]): string[] {
  if (notebooks.length === 0) return ["Nothing was run yet."];
  const versions = notebooks.flatMap(({ metrics: { versions } }) =>
    Object.entries(versions).map(([name, value]) => `${name} ${value}`)
  );
  const data = Map.groupBy(notebooks.flatMap(({ metrics }) => metrics.data), ({ name }) => name);
  return [
    ["```sh", ...commands(notebooks), "```"].join("\n"),
    markdownTable(notebooks.map(({ name, metrics }) => ({ name, ...metrics })), [
      { title: "notebook", of: ({ name }) => name },
      { title: "profile", of: ({ profile }) => profile },
      { title: "seed", of: ({ seed }) => String(seed) },
      { title: "computed by", of: ({ backend, device, threads }) => `${backend}, ${device}, ${threads} threads` },
      { title: "commit", of: ({ commit }) => commit?.slice(0, 10) ?? "–" },
    ]),
    `Versions: ${[...new Set(versions)].join(", ")}. What was learnt from and tested on, by SHA-256:`,
    markdownTable([...data], [
      { title: "data", of: ([name]) => name },
      {
        title: "SHA-256 of the parts",
        of: ([, parts]) => [...new Set(parts.map(({ checksum }) => checksum.slice(0, 12)))].join(" "),
      },
    ]),
  ];
}

/** One line for each way in which notebooks were run. */
function commands(notebooks: readonly NotebookFindings[]): string[] {
  const runs = Map.groupBy(notebooks, ({ metrics: { profile, seed, configuration } }) => {
    const { dataset } = configuration;
    const named = typeof dataset === "string" && dataset !== "fashion-mnist" ? ` CURIO_DATASET=${quoted(dataset)}` : "";
    return `CURIO_PROFILE=${profile} CURIO_SEED=${quoted(String(seed))}${named}`;
  });
  const commits = [...new Set(notebooks.flatMap(({ metrics }) => metrics.commit ?? []))];
  return [
    ...commits.length === 1 ? [`git checkout ${commits[0]}`] : [],
    ...[...runs].map(([settings, own]) =>
      `${settings} ${deno} task notebooks ${
        own.map(({ name }) => /^\d+(?=_)/.exec(name)?.[0] ?? quoted(name)).join(" ")
      }`
    ),
    `${deno} task report`,
  ];
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
