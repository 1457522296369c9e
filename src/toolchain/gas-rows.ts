/** Floors, best peers and targets of every measured operation, in gas of whole transactions on the Ethereum schedule. */

export type GasRow = {
  id: string;
  operation: string;
  /** Measured on bare prototypes or computed from EVM prices; null where there is none. */
  floor: number | null;
  /** The finished feature with fee, events and guards; null where the figure is only reported. */
  target: number | null;
  /** The cheapest comparable system; null where there is none. */
  peer: number | null;
  peerName: string;
};

type Line = [
  id: string,
  operation: string,
  floor: number | null,
  target: number | null,
  peer: number | null,
  peerName: string,
];

const LINES: Line[] = [
  [
    "spot_job",
    "spot job in four transactions: post, assign, commit and deliver, settle",
    219_104,
    280_000,
    280_253,
    "Boundless",
  ],
  ["spot_job_x8_each", "spot job with assignMany and settleMany of 8, each", 150_379, 190_000, null, ""],
  ["vrf_round", "VRF round: request and callback", 278_000, 285_000, null, ""],
  ["signed_order", "signed order in one transaction", 45_991, 60_000, 109_151, "Boundless, never locked"],
  ["batch_64_each", "batch of 64, per job", 18_847, 22_000, 41_990, "Boundless, fill of 32"],
  ["batch_1000_each", "one word for 1,000 sub-jobs, per sub-job", 139, 250, null, ""],
  ["voucher_100_each", "redemption of vouchers of 100 channels, per channel", 12_608, 14_000, 21_400, "x402 batch"],
  ["replicated_3", "replicated job, k = 3: reveals and settle", 97_000, 220_000, 1_614_000, "PoCo"],
  ["challenge", "challenge of a result", null, null, null, ""],
  ["verdict_5", "verdict with 5 votes", null, null, 608_000, "Kleros-like commit and reveal of 7"],
  ["score_report_7", "score report with 7 signatures", 62_613, 80_000, null, ""],
  ["open_canary", "opening of a canary job", null, null, null, ""],
  ["deposit", "deposit into the vault, again", 33_800, 48_000, 33_807, "Boundless"],
  ["register_gpu", "register a GPU with stake", 92_189, 150_000, 161_590, "Horizon"],
  ["register_gpu_8_each", "register a fleet of 8, each", null, 90_000, null, ""],
  ["add_stake", "add stake", 67_372, 70_000, 70_007, "Horizon"],
  ["begin_unbond", "begin unbonding", 71_793, 75_000, 118_251, "Prime"],
  ["withdraw_stake", "withdraw stake", 40_980, 50_000, 65_988, "Prime"],
  ["record_outcome_cold", "record an outcome inside a settlement, cold", 17_738, 20_000, 98_440, "ERC-8004"],
  ["record_outcome_warm", "record an outcome inside a settlement, warm", 9_500, 12_000, 98_440, "ERC-8004"],
  ["slash", "slash", 70_710, 75_000, 72_825, "Prime"],
  ["claim_rewards", "claim rewards", 55_259, 58_000, 73_271, "StakingRewards"],
  ["poke_rewards", "poke rewards", 28_693, 30_000, 54_443, "Tally"],
  ["mint_asset", "mint an asset", 53_837, 65_000, 158_472, "Nevermined"],
  ["mint_asset_for_sale", "mint an asset ready to sell", null, 85_000, 665_175, "Story"],
  ["mint_asset_10_each", "mint a batch of 10, each", 29_669, 33_000, null, ""],
  ["pay_per_use", "pay per use, prepaid", 34_106, 38_000, 92_443, "Nevermined"],
  ["pay_per_use_batch_each", "pay per use in a batch, each", 5_813, 7_000, null, ""],
  ["buy_licence", "licence purchase", null, 55_000, 271_769, "Ocean"],
  ["mint_derivative", "mint a derivative with 4 ancestors", 81_596, 110_000, 1_432_570, "Story"],
  ["payout_4_ancestors", "payout to 4 ancestors, per epoch", 72_677, 78_000, 1_054_753, "Story"],
  ["vest_create", "create a vesting grant, non-voting", 51_300, 55_000, 198_626, "Sablier"],
  ["vest_batch_each", "create vesting grants in a batch, each", 24_700, 26_000, 190_247, "Sablier"],
  ["vest_release", "release vested tokens", 51_500, 54_000, 87_399, "Sablier"],
  ["vest_revoke", "revoke a grant", 34_100, 38_000, 100_401, "Sablier"],
  ["sale_buy_again", "buy in the sale, repeat buyer", 53_779, 60_000, 149_928, "Uniswap CCA bid"],
  ["sale_buy_new", "buy in the sale, new buyer", 70_879, 75_000, null, ""],
  ["sale_refund", "refund of a failed sale", 37_502, 40_000, 84_338, "Uniswap CCA"],
  ["split_5", "split to 5 payees", 64_000, 80_000, 101_909, "0xSplits"],
  ["gov_propose", "propose, stored", null, 305_000, 301_856, "OZ full"],
  ["gov_vote", "first vote", null, 90_000, 121_663, "Compound"],
  ["gov_queue", "queue a proposal", null, 147_000, 131_825, "Compound"],
  ["gov_execute", "execute a proposal", null, 94_000, 93_730, "OZ full"],
  ["deploy_all", "deployment and hand-over of the whole suite", null, null, null, ""],
  ["deploy_largest", "largest transaction of a deployment", null, 8_388_608, null, ""],
];

/** Every row, in the order of the report. */
export const GAS_ROWS: readonly GasRow[] = LINES.map(([id, operation, floor, target, peer, peerName]) => {
  return { id, operation, floor, target, peer, peerName };
});
