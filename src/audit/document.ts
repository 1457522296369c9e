import type { Access, Finding } from "./access";

/** What each kind of access means, as the page says it. */
const MEANING: Readonly<Record<Access, string>> = {
  anyone: "anyone; what else is asked is a matter of arguments, state, or the caller's own jobs, assets and money",
  timelock: "the timelock, by a vote",
  role: "a module, role or party that the refusal names; neither a stranger, the deployer nor the timelock",
  deployer: "the deployer: a fault",
  library: "nobody directly: runs inside the contracts linked with it",
  unknown: "not understood: a fault",
};

/** The findings as a page: a table for each contract, in the order given. */
export function accessPage(findings: readonly Finding[]): string {
  const contracts = [...new Set(findings.map(({ contract }) => contract))];
  const kinds = (Object.keys(MEANING) as Access[]).filter((kind) => findings.some(({ access }) => access === kind));
  return [
    "# Who may call what",
    "",
    "Every function that writes, after the hand-over of the default preset on a local chain, called as a stranger, as the deployer",
    "and as the timelock by a program that knows only ABIs and addresses (`src/audit`). The last two columns are what the calls met,",
    "with made-up arguments: `done`, an error, or `nothing` for a revert without data. A test keeps this page current;",
    "`npm run access` asks any deployment.",
    "",
    ...kinds.map((kind) => `- **${kind}**: ${MEANING[kind]}.`),
    ...contracts.flatMap((contract) => tableOf(contract, findings)),
    "",
  ].join("\n");
}

function tableOf(contract: string, findings: readonly Finding[]): string[] {
  const rows = findings.filter((finding) => finding.contract === contract);
  return [
    "",
    `## ${contract}`,
    "",
    "| function | who | a stranger met | the timelock met |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ signature, access, answers }) => {
      const met = (names: readonly string[]): string => names.join(", ");
      return `| \`${signature}\` | ${access} | ${met(answers.stranger)} | ${met(answers.timelock)} |`;
    }),
  ];
}

/** One line for each function, for a terminal. */
export function accessLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ access }) => access.length));
  return findings
    .map(({ contract, signature, access }) => `${access.padEnd(width)}  ${contract}.${signature}`)
    .join("\n");
}
