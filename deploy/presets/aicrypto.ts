/** AIC as paper 002 describes it. */
import { assume, saleTerms, VESTING } from "./defaults";
import { presetSchema, type Preset } from "./schema";

const COINS = "002 AI Crypto (AIC) Coins";
const DISTRIBUTION = "002 Distribution Mechanism";
const PROCEEDS = "002 Proceeds Allocation";

const FOR_SALE = 3_000_000_000n;
const PRICE = 2_000n;
const NO_PRICE = "the paper leaves the price to its channels; with it all tokens cost what all of vaiker cost, USD 20M";

export const aicrypto: Preset = presetSchema.parse({
  id: "aicrypto",
  token: {
    name: { value: "AI Crypto", source: COINS },
    symbol: { value: "AIC", source: COINS },
    supply: { value: 10_000_000_000n, source: COINS },
  },
  issuance: assume(
    { kind: "controller", capBps: 200, windowDays: 365, delayDays: 7 },
    "the paper foresees new coins for rightful use of resources but fixes no amount",
  ),
  allocations: [
    {
      key: "investor",
      purpose: "Investors",
      shareBps: { value: 3_000, source: DISTRIBUTION },
      parts: [
        {
          key: "sale",
          purpose: "Public sale",
          shareBps: { value: 3_000, source: COINS },
          group: "investors",
          destination: { kind: "sale" },
        },
      ],
    },
    {
      key: "team",
      purpose: "Team",
      shareBps: { value: 2_500, source: DISTRIBUTION },
      parts: [
        {
          key: "team",
          purpose: "Team",
          shareBps: { value: 2_500, source: DISTRIBUTION },
          group: "team",
          destination: { kind: "vesting", terms: VESTING.team },
        },
      ],
    },
    {
      key: "ecosystem-incentive",
      purpose: "Incentive of the AI ecosystem",
      shareBps: { value: 2_000, source: DISTRIBUTION },
      parts: [
        {
          key: "ecosystem-incentive",
          purpose: "Incentive of the AI ecosystem",
          shareBps: { value: 2_000, source: DISTRIBUTION },
          group: "community",
          destination: { kind: "vesting", terms: VESTING.ecosystem },
        },
      ],
    },
    {
      key: "marketing",
      purpose: "Marketing",
      shareBps: { value: 1_500, source: DISTRIBUTION },
      parts: [
        {
          key: "marketing",
          purpose: "Marketing",
          shareBps: { value: 1_500, source: DISTRIBUTION },
          group: "marketing",
          destination: { kind: "vesting", terms: VESTING.marketing },
        },
      ],
    },
    {
      key: "advisor",
      purpose: "Advisers",
      shareBps: { value: 500, source: DISTRIBUTION },
      parts: [
        {
          key: "advisors",
          purpose: "Advisers",
          shareBps: { value: 500, source: DISTRIBUTION },
          group: "advisors",
          destination: { kind: "vesting", terms: VESTING.advisors },
        },
      ],
    },
    {
      key: "company-reserve",
      purpose: "Reserve of the company",
      shareBps: { value: 500, source: DISTRIBUTION },
      parts: [
        {
          key: "company-reserve",
          purpose: "Reserve of the company",
          shareBps: { value: 500, source: DISTRIBUTION },
          group: "reserve",
          destination: { kind: "vesting", terms: VESTING.reserve },
        },
      ],
    },
  ],
  sale: {
    part: "sale",
    tokens: { value: FOR_SALE, source: COINS },
    raise: assume(6_000_000n, NO_PRICE),
    price: assume(PRICE, NO_PRICE),
    terms: saleTerms(FOR_SALE, PRICE),
  },
  proceeds: [
    { key: "development", purpose: "Development of the platform", shareBps: { value: 4_200, source: PROCEEDS } },
    { key: "operations", purpose: "Running the platform", shareBps: { value: 2_500, source: PROCEEDS } },
    { key: "marketing-accounting", purpose: "Marketing and accounting", shareBps: { value: 1_400, source: PROCEEDS } },
    { key: "business-strategy", purpose: "Business and strategy", shareBps: { value: 1_100, source: PROCEEDS } },
    { key: "reserved", purpose: "Reserved for later updates", shareBps: { value: 800, source: PROCEEDS } },
  ],
});
