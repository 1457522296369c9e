/**
 * The GPU classes that a new deployment ships (SPEC 3). Class ids are positions in this list, from 1.
 *
 * Published figures: memory, board power, and dense FP16 tensor throughput with FP32 accumulation (half of what a data
 * sheet prints "with sparsity"), so that consumer and data centre boards are compared in the arithmetic that training
 * uses. Where a device exists in several forms, the strongest board's power is taken, so that no honest report of energy
 * is refused.
 *
 * Assumed figures: `idleWatts` is a floor below the idle readings that owners of such boards report (makers publish none),
 * `usdCentsPerHour` a round market price of late 2025, from which the token rate and the least stake follow.
 */

/** A device as its maker describes it, and the price that the rate is made from. */
export interface GpuDevice {
  readonly name: string;
  /** Memory in GB. */
  readonly vramGb: number;
  /** Dense FP16 tensor throughput with FP32 accumulation, tenths of a TFLOPS. */
  readonly tflopsDeci: number;
  /** Board power in watts. */
  readonly watts: number;
  /** Floor of an energy report in watts, assumed. */
  readonly idleWatts: number;
  /** Rent of an hour in US cents, assumed. */
  readonly usdCentsPerHour: number;
  /** Where the published figures come from. */
  readonly source: string;
}

/** A row of the registry's table, as `setClass` takes it. */
export interface GpuClassRow {
  readonly vramGb: number;
  readonly tflopsDeci: number;
  readonly watts: number;
  readonly idleWatts: number;
  readonly ratePerSecondGwei: bigint;
  readonly minStakeGwei: bigint;
  readonly enabled: boolean;
}

/** The ten devices of SPEC 3. */
export const GPU_DEVICES: readonly GpuDevice[] = [
  {
    name: "NVIDIA T4 16 GB",
    vramGb: 16,
    tflopsDeci: 650,
    watts: 70,
    idleWatts: 8,
    usdCentsPerHour: 20,
    source: "NVIDIA T4 Tensor Core GPU data sheet: mixed precision 65 TFLOPS, 70 W",
  },
  {
    name: "NVIDIA L4 24 GB",
    vramGb: 24,
    tflopsDeci: 1210,
    watts: 72,
    idleWatts: 10,
    usdCentsPerHour: 45,
    source: "NVIDIA L4 Tensor Core GPU data sheet: FP16 tensor 242 TFLOPS with sparsity, 72 W",
  },
  {
    name: "NVIDIA A10 24 GB",
    vramGb: 24,
    tflopsDeci: 1250,
    watts: 150,
    idleWatts: 12,
    usdCentsPerHour: 60,
    source: "NVIDIA A10 Tensor Core GPU data sheet: FP16 tensor 125 TFLOPS, 150 W",
  },
  {
    name: "NVIDIA V100 32 GB",
    vramGb: 32,
    tflopsDeci: 1250,
    watts: 300,
    idleWatts: 20,
    usdCentsPerHour: 50,
    source: "NVIDIA V100 Tensor Core GPU data sheet, SXM2: tensor performance 125 TFLOPS, 300 W",
  },
  {
    name: "NVIDIA GeForce RTX 3090 24 GB",
    vramGb: 24,
    tflopsDeci: 712,
    watts: 350,
    idleWatts: 10,
    usdCentsPerHour: 20,
    source: "NVIDIA Ampere GA102 whitepaper: FP16 tensor with FP32 accumulate 71.2 TFLOPS, 350 W",
  },
  {
    name: "NVIDIA GeForce RTX 4090 24 GB",
    vramGb: 24,
    tflopsDeci: 1652,
    watts: 450,
    idleWatts: 10,
    usdCentsPerHour: 40,
    source: "NVIDIA Ada GPU architecture whitepaper: FP16 tensor with FP32 accumulate 165.2 TFLOPS, 450 W",
  },
  {
    name: "NVIDIA A100 40 GB",
    vramGb: 40,
    tflopsDeci: 3120,
    watts: 400,
    idleWatts: 35,
    usdCentsPerHour: 110,
    source: "NVIDIA A100 Tensor Core GPU architecture whitepaper: FP16 tensor 312 TFLOPS, SXM4 400 W",
  },
  {
    name: "NVIDIA A100 80 GB",
    vramGb: 80,
    tflopsDeci: 3120,
    watts: 400,
    idleWatts: 35,
    usdCentsPerHour: 150,
    source: "NVIDIA A100 80 GB data sheet: FP16 tensor 312 TFLOPS, SXM4 400 W",
  },
  {
    name: "NVIDIA H100 80 GB",
    vramGb: 80,
    tflopsDeci: 9894,
    watts: 700,
    idleWatts: 50,
    usdCentsPerHour: 220,
    source: "NVIDIA H100 Tensor Core GPU architecture whitepaper, SXM5: FP16 tensor 989.4 TFLOPS, 700 W",
  },
  {
    name: "NVIDIA H200 141 GB",
    vramGb: 141,
    tflopsDeci: 9894,
    watts: 700,
    idleWatts: 55,
    usdCentsPerHour: 280,
    source: "NVIDIA H200 data sheet, SXM5: FP16 tensor 1,979 TFLOPS with sparsity, 700 W",
  },
];

/** Hours of the class rate that the least stake covers, assumed. */
export const MIN_STAKE_HOURS = 240n;

const GWEI_PER_TOKEN = 10n ** 9n;
const SECONDS_PER_HOUR = 3600n;

/**
 * The registry's row of a device.
 * @param tokensPerUsd whole tokens of one US dollar; 50 at the sale price of USD 0.02
 * @returns rate and least stake in gwei units, the rate rounded up to whole units
 */
export function gpuClassRow(device: GpuDevice, tokensPerUsd = 50n): GpuClassRow {
  const gweiPerHour = (BigInt(device.usdCentsPerHour) * tokensPerUsd * GWEI_PER_TOKEN) / 100n;
  return {
    vramGb: device.vramGb,
    tflopsDeci: device.tflopsDeci,
    watts: device.watts,
    idleWatts: device.idleWatts,
    ratePerSecondGwei: (gweiPerHour + SECONDS_PER_HOUR - 1n) / SECONDS_PER_HOUR,
    minStakeGwei: gweiPerHour * MIN_STAKE_HOURS,
    enabled: true,
  };
}

/** The ten classes as a deployment sets them: id, name and row. */
export const GPU_CLASSES = GPU_DEVICES.map((device, index) => ({
  classId: index + 1,
  name: device.name,
  value: gpuClassRow(device),
}));
