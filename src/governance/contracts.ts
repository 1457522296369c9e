/** The contracts of governance and the ABIs by which proposals are put together and read. */
import { getAddress, Interface, type ContractRunner } from "ethers";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import type { Manifest } from "../chain/manifest";
import { FACTORIES } from "../deployment/contracts";
import { CommonsGovernor__factory } from "../../typechain-types/factories/contracts/governance/CommonsGovernor__factory";
import { CommonsGuardian__factory } from "../../typechain-types/factories/contracts/governance/CommonsGuardian__factory";
import { CommonsTimelock__factory } from "../../typechain-types/factories/contracts/governance/CommonsTimelock__factory";
import { CompositeVotes__factory } from "../../typechain-types/factories/contracts/governance/CompositeVotes__factory";
import { DelegationDesk__factory } from "../../typechain-types/factories/contracts/governance/DelegationDesk__factory";
import type { CommonsGovernor } from "../../typechain-types/contracts/governance/CommonsGovernor";
import type { CommonsGuardian } from "../../typechain-types/contracts/governance/CommonsGuardian";
import type { CommonsTimelock } from "../../typechain-types/contracts/governance/CommonsTimelock";
import type { CompositeVotes } from "../../typechain-types/contracts/governance/CompositeVotes";
import type { DelegationDesk } from "../../typechain-types/contracts/governance/DelegationDesk";

const GOVERNANCE = {
  CommonsGovernor: CommonsGovernor__factory,
  CommonsTimelock: CommonsTimelock__factory,
  CommonsGuardian: CommonsGuardian__factory,
  CompositeVotes: CompositeVotes__factory,
  DelegationDesk: DelegationDesk__factory,
} as const;

const ALL: Readonly<Record<string, { createInterface(): Interface } | undefined>> = { ...FACTORIES, ...GOVERNANCE };

/** A contract of the deployment that a proposal may call. */
export interface Known {
  readonly name: string;
  readonly address: string;
  readonly abi: Interface;
}

/** Contracts of a manifest whose ABI is known, by name. */
export function knownContracts(manifest: Manifest): ReadonlyMap<string, Known> {
  const rows = Object.entries(manifest.contracts as Record<string, unknown>).flatMap(([name, row]) => {
    const factory = ALL[name];
    const address = (row as { address?: unknown }).address;
    if (factory === undefined || typeof address !== "string") return [];
    return [[name, { name, address: getAddress(address), abi: factory.createInterface() }] as const];
  });
  return new Map(rows);
}

/** Governance of one deployment. */
export interface Commons {
  readonly governor: CommonsGovernor;
  readonly timelock: CommonsTimelock;
  readonly guardian: CommonsGuardian;
  readonly votes: CompositeVotes;
  readonly desk: DelegationDesk;
  readonly known: ReadonlyMap<string, Known>;
  readonly at: Readonly<Record<keyof typeof GOVERNANCE, string>>;
  /** Block in which the governor was created. */
  readonly since: number;
}

/** Connects to the governance of a manifest. Throws CommandFailure (usage) where there is none. */
export function connectCommons(manifest: Manifest, runner: ContractRunner): Commons {
  const known = knownContracts(manifest);
  const at = (name: keyof typeof GOVERNANCE): string => {
    const address = known.get(name)?.address;
    if (address === undefined) throw new CommandFailure(EXIT.usage, `the manifest has no ${name}`);
    return address;
  };
  const row = (manifest.contracts as Record<string, unknown>)["CommonsGovernor"] as { block?: unknown };
  return {
    governor: CommonsGovernor__factory.connect(at("CommonsGovernor"), runner),
    timelock: CommonsTimelock__factory.connect(at("CommonsTimelock"), runner),
    guardian: CommonsGuardian__factory.connect(at("CommonsGuardian"), runner),
    votes: CompositeVotes__factory.connect(at("CompositeVotes"), runner),
    desk: DelegationDesk__factory.connect(at("DelegationDesk"), runner),
    known,
    at: {
      CommonsGovernor: at("CommonsGovernor"),
      CommonsTimelock: at("CommonsTimelock"),
      CommonsGuardian: at("CommonsGuardian"),
      CompositeVotes: at("CompositeVotes"),
      DelegationDesk: at("DelegationDesk"),
    },
    since: typeof row.block === "number" ? row.block : manifest.blockNumber,
  };
}
