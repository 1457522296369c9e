import { Interface, type ErrorDescription, type ErrorFragment, type Result } from "ethers";
import { refusalOf, revertDataOf, unknownRefusal, type Refusal } from "./refusal";

export type { Refusal } from "./refusal";

/** Errors that reach callers from libraries and OpenZeppelin's contracts, beyond the market's own interfaces. */
const COMMON_ERRORS = [
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
  "error ERC2612ExpiredSignature(uint256 deadline)",
  "error ERC2612InvalidSigner(address signer, address owner)",
  "error SafeERC20FailedOperation(address token)",
  "error ReentrancyGuardReentrantCall()",
  "error OwnableUnauthorizedAccount(address account)",
  "error InvalidAccountNonce(address account, uint256 currentNonce)",
  "error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)",
  "error ERC721NonexistentToken(uint256 tokenId)",
  "error BitFieldOverflow(uint256 value, uint256 bits)",
  "error UnitsNotWhole(uint256 amountWei)",
  "error PricingSumTooLarge(uint256 sum)",
  "error OnlyOwner(address caller)",
];

const commonInterface = new Interface(COMMON_ERRORS);

/**
 * Explains why a call or a transaction was refused.
 * @param error what ethers threw, or anything with it as a cause
 * @param interfaces ABIs whose custom errors may appear
 * @returns undefined when the error is no refusal by a contract
 */
export function explainRefusal(error: unknown, interfaces: readonly Interface[]): Refusal | undefined {
  const data = revertDataOf(error);
  if (data === undefined) return undefined;
  for (const abi of [...interfaces, commonInterface]) {
    const found = parse(abi, data);
    if (found !== null) return refusalOf(found.name, valuesOf(found.fragment, found.args));
  }
  return unknownRefusal(data);
}

/** An ABI knows `Error(string)` and `Panic(uint256)` too. */
function parse(abi: Interface, data: string): ErrorDescription | null {
  try {
    return abi.parseError(data);
  } catch {
    return null; // The selector matches and the values do not decode: not this ABI's error.
  }
}

/** Values by name; by position where an ABI gives no names, as for `Error(string)`. */
function valuesOf(fragment: ErrorFragment, args: Result): Record<string, unknown> {
  const named = fragment.inputs.map(({ name }, index): [string, unknown] => [name || String(index), args[index]]);
  return Object.fromEntries(named);
}
