import { formatTokens } from "../protocol/amounts";
import { cidOf } from "../store";
import { Troupe } from "./actors";
import { OPERATORS, REQUESTERS, VALIDATORS } from "./cast";
import { readLedger } from "./conservation";
import { startDevChain } from "../chain/devChain";
import { Director } from "./director";
import { readGas } from "./gas";
import { clock, narrate, type Names } from "./narrator";
import { Oracle } from "./oracle";
import { expectations, type Findings } from "./report";
import { newestBlock, payTokens, PEOPLE, readScores, setStage, strikeStage, type Stage } from "./stage";
import { Watcher } from "./watcher";

/** How often the programs look at the chain, milliseconds. */
const POLL_MS = "250";

/** Plays the whole demonstration and returns what came of it. `say` is told of progress, a line at a time. */
export async function playDemo(root: string, say: (line: string) => void): Promise<Findings> {
  const started = performance.now();
  const chain = await startDevChain(root);
  let stage: Stage | undefined;
  let troupe: Troupe | undefined;
  const close = async (): Promise<void> => {
    await troupe?.close();
    await chain.stop();
    if (stage !== undefined) strikeStage(stage);
  };
  const interrupted = (): void => void close().finally(() => process.exit(130));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    say(`${chain.program} runs at ${chain.url}`);
    stage = await setStage(chain);
    troupe = troupeOf(root, stage);
    troupe.lookAfter(chain.child);
    const sent = stage.executed.reports.filter(({ outcome }) => outcome === "sent").length;
    say(
      `the suite is deployed in ${sent} transactions; ${formatTokens(await stage.suite.token.totalSupply())} tokens are minted and paid out`,
    );
    return await rehearse(stage, troupe, say, started);
  } finally {
    process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
    await close();
  }
}

function troupeOf(root: string, { chain, folder, manifestPath, storeSetting }: Stage): Troupe {
  return new Troupe(root, {
    GPU_COMMONS_RPC: chain.url,
    GPU_COMMONS_MANIFEST: manifestPath,
    GPU_COMMONS_STORE: storeSetting,
    GPU_COMMONS_POLL_MS: POLL_MS,
    TMPDIR: folder,
  });
}

async function rehearse(stage: Stage, troupe: Troupe, say: (line: string) => void, started: number): Promise<Findings> {
  const { provider, suite, executed } = stage;
  await payTokens(stage);
  const wealthBefore = await readWealth(stage);
  const head = await newestBlock(provider);
  const names: Names = {
    gpu: (gpu) => `GPU ${gpu}`,
    account: (account) => `account ${account}`,
  };
  const tell = (line: string): void => say(`[${clock(watcher.now, head.timestamp)}] ${line}`);
  const watcher = new Watcher(provider, executed.addresses, head.number, (event, chronicle) => {
    const line = narrate(event, chronicle, {
      gpu: (gpu) => `${stage.nameOf(director.accountHolder(chronicle.gpus.get(gpu)?.owner ?? 0n))} (${names.gpu(gpu)})`,
      account: (account) => stage.nameOf(director.accountHolder(account)),
    });
    if (line !== undefined) say(`[${clock(event.time, head.timestamp)}] ${line}`);
  });
  const oracle = new Oracle(suite.coordinator, suite.beacon, stage.wallet("oracle"));
  const director = new Director(stage, troupe, watcher, oracle, tell);
  await director.play();
  const scoresAfter = await readScores(stage);
  const accounts = await readAccounts(stage);
  const ledger = await readLedger(suite, provider, stage.names);
  const findings: Findings = {
    chronicle: watcher.chronicle,
    playbill: director.playbill,
    accounts,
    addresses: new Map(
      [...[...OPERATORS, ...REQUESTERS].map(({ name }) => name), ...VALIDATORS].map((name) => [
        name,
        stage.wallet(name).address,
      ]),
    ),
    scoresBefore: director.scoresBefore,
    scoresAfter,
    wealthBefore,
    wealthAfter: await readWealth(stage),
    ledger,
    gas: await readGas(provider, executed.addresses, 0),
    datasetCid: cidOf(stage.content.datasetDigest),
    seconds: (performance.now() - started) / 1000,
    chain: stage.chain.program,
  };
  return findings;
}

async function readAccounts({ suite, wallet }: Stage): Promise<ReadonlyMap<string, bigint>> {
  const rows = PEOPLE.map(async (name) => [name as string, await suite.vault.accountOf(wallet(name).address)] as const);
  return new Map((await Promise.all(rows)).filter(([, account]) => account !== 0n));
}

/** Everything that each person has, wherever it is. */
async function readWealth({ suite, provider, names, nameOf }: Stage): Promise<ReadonlyMap<string, bigint>> {
  const { held } = await readLedger(suite, provider, names);
  const wealth = new Map<string, bigint>();
  for (const { holder, wei } of held) {
    if (holder === undefined) continue;
    const name = nameOf(holder);
    wealth.set(name, (wealth.get(name) ?? 0n) + wei);
  }
  return wealth;
}

/** Whether everything that the demonstration promises was seen. */
export function isWell(findings: Findings): boolean {
  return expectations(findings).every(({ ok }) => ok);
}
