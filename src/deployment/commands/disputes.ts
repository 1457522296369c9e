import type { CourtConfig } from "../config";
import { Read, ref } from "../plan";
import type { Plan } from "../predict";
import type { Reader } from "../reader";

/** Owners a seat below which a panel's guilt has to be confirmed by an arbiter (SPEC 7, ReviewPanel). */
const OWNERS_A_SEAT = 3;

/** Who judges disputes of new jobs. */
export interface Disputes {
  readonly resolver: string;
  /** Terms of new cases; absent where the resolver is no panel's court. */
  readonly court?: CourtConfig;
  /** Owners of validators that a panel could be drawn from; absent before there is a chain to ask. */
  readonly owners?: number;
}

/** Reads who judges disputes of new jobs from a deployed suite. */
export async function readDisputes(reader: Reader, plan: Plan): Promise<Disputes> {
  const settings = (await reader.resolve(new Read("JobEscrow", "settings", []))) as { readonly resolver: string };
  const { resolver } = settings;
  if (resolver !== plan.creation("DisputeCourt").address) return { resolver };
  const [seats, domain] = (await reader.resolve(new Read("DisputeCourt", "terms", []))) as [bigint, bigint];
  const pool = (await reader.resolve(new Read("ValidatorRegistry", "poolOf", [domain]))) as [bigint, bigint];
  return { resolver, court: { seats: Number(seats), domain: Number(domain) }, owners: Number(pool[1]) };
}

/** The same of a suite that is to be deployed. */
export function plannedDisputes(
  plan: Plan,
  resolver: "DisputeCourt" | "GovernedArbiter",
  court: CourtConfig,
): Disputes {
  const { address } = plan.creation(resolver);
  return resolver === "DisputeCourt" ? { resolver: address, court } : { resolver: address };
}

/** What it means for a requester, in one line. */
export function disputesLine({ resolver, court, owners }: Disputes): string {
  if (court === undefined) return `disputes of new jobs: ${resolver} rules alone`;
  const { seats, domain } = court;
  const enough = seats * OWNERS_A_SEAT;
  const panels = `disputes of new jobs: panels of ${seats} from the validators of domain ${domain}`;
  if (owners === undefined) {
    return `${panels}; split as long as these have fewer than ${seats} owners, guilt needs an arbiter up to ${enough}`;
  }
  if (owners < seats) return `${panels}, who have ${owners} owners: no panel can be drawn, disputes are split`;
  if (owners < enough)
    return `${panels}, who have ${owners} owners: guilt needs an arbiter's confirmation up to ${enough}`;
  return `${panels}, who have ${owners} owners`;
}
