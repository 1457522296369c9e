import { text, time, type Sentences } from "./values";

/** Sentences for the errors of votes and their delegation. */
export const GOVERNANCE_SENTENCES: Sentences = {
  DeskNoSources: () => "no source of votes was named",
  DeskSignatureExpired: (v) => `the delegation was good until ${time(v, "expiry")}`,
  DeskInvalidSignature: (v) => `the delegation is not signed by ${text(v, "account")}`,
};
