export { DEFAULT_GOVERNANCE, DEFAULTS, LOCAL_BEACON, type GpuClassRow, type SuiteConfig } from "./config";
export { genesisRows, inboxIn } from "./economy";
export {
  connectSuite,
  FACTORIES,
  interfaceOf,
  type Addresses,
  type ContractName,
  type SuiteContracts,
} from "./contracts";
export { execute, Occupied, StepFailed, type Deployed, type Executed, type StepReport } from "./execute";
export { FactoryMissing, installFactory } from "./factory";
export { addressesOf, manifestOf } from "./manifest";
export { checkPlan, InvalidPlan, type Step } from "./plan";
export { Plan, saltOf, type Place } from "./predict";
export { handoverPlan } from "./handover";
export { OWNED, ownedIn, suitePlan } from "./suite";
