/** VAIK as paper 000 describes it. */
import { EMISSION, saleTerms, VESTING } from "./defaults";
import { presetSchema, type Preset } from "./schema";

const TOKENOMICS = "000 Tokenomics";
const FUNDS = "000 Use of funds";

const FOR_SALE = 100_000_000n;
const PRICE = 20_000n;

export const vaiker: Preset = presetSchema.parse({
  id: "vaiker",
  token: {
    name: { value: "VaikerAI Token", source: "000 Introduction" },
    symbol: { value: "VAIK", source: TOKENOMICS },
    supply: { value: 1_000_000_000n, source: TOKENOMICS },
  },
  // A greatest supply, all of it minted at genesis.
  issuance: { value: { kind: "none" }, source: TOKENOMICS },
  allocations: [
    {
      key: "node-providers-community",
      purpose: "Node providers and community",
      shareBps: { value: 4_500, source: TOKENOMICS },
      parts: [
        {
          key: "node-rewards",
          purpose: "Rewards of node providers and community, by the emission schedule",
          shareBps: { value: 4_500, source: TOKENOMICS },
          group: "community",
          destination: EMISSION,
        },
      ],
    },
    {
      key: "investors",
      purpose: "Investors",
      shareBps: { value: 2_500, source: TOKENOMICS },
      parts: [
        {
          key: "sale",
          purpose: "Public sale",
          shareBps: { value: 1_000, source: FUNDS },
          group: "investors",
          destination: { kind: "sale" },
        },
        {
          key: "investors-outside-sale",
          purpose: "Investors outside the sale",
          shareBps: { value: 1_500, assumed: true, why: "what the sale leaves of the investors' share" },
          group: "investors",
          destination: { kind: "vesting", terms: VESTING.investors },
        },
      ],
    },
    {
      key: "research-development",
      purpose: "Research and development",
      shareBps: { value: 2_000, source: TOKENOMICS },
      parts: [
        {
          key: "research-development",
          purpose: "Research and development",
          shareBps: { value: 2_000, source: TOKENOMICS },
          group: "research",
          destination: { kind: "vesting", terms: VESTING.research },
        },
      ],
    },
    {
      key: "team-advisors",
      purpose: "Team and advisers",
      shareBps: { value: 500, source: TOKENOMICS },
      parts: [
        {
          key: "team",
          purpose: "Team",
          shareBps: { value: 400, assumed: true, why: "the paper gives team and advisers one share of 5%" },
          group: "team",
          destination: { kind: "vesting", terms: VESTING.team },
        },
        {
          key: "advisors",
          purpose: "Advisers",
          shareBps: { value: 100, assumed: true, why: "the paper gives team and advisers one share of 5%" },
          group: "advisors",
          destination: { kind: "vesting", terms: VESTING.advisors },
        },
      ],
    },
    {
      key: "ecosystem",
      purpose: "Ecosystem",
      shareBps: { value: 500, source: TOKENOMICS },
      parts: [
        {
          key: "ecosystem",
          purpose: "Ecosystem",
          shareBps: { value: 500, source: TOKENOMICS },
          group: "community",
          destination: { kind: "vesting", terms: VESTING.ecosystem },
        },
      ],
    },
  ],
  sale: {
    part: "sale",
    tokens: { value: FOR_SALE, source: FUNDS },
    raise: { value: 2_000_000n, source: FUNDS },
    price: { value: PRICE, source: FUNDS },
    terms: saleTerms(FOR_SALE, PRICE),
  },
  proceeds: [
    {
      key: "development",
      purpose: "Development of the expansion phases I to III",
      shareBps: { value: 5_000, source: FUNDS },
    },
    { key: "network", purpose: "Running and scaling the network", shareBps: { value: 2_000, source: FUNDS } },
    { key: "marketing", purpose: "Marketing and reach", shareBps: { value: 2_000, source: FUNDS } },
    { key: "node-operators", purpose: "People who run our nodes", shareBps: { value: 500, source: FUNDS } },
    { key: "contingency", purpose: "Contingency", shareBps: { value: 500, source: FUNDS } },
  ],
});
