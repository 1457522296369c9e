// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {IDisputeResolver} from "./IDisputeResolver.sol";
import {IGovernedArbiter} from "./IGovernedArbiter.sol";
import {IJobEscrow} from "./IJobEscrow.sol";
import {Agreement, Verdict} from "./JobTypes.sol";

/// @title GovernedArbiter
/// @notice See IGovernedArbiter.
/// @dev Has no power but to rule on jobs whose agreement names it, and holds nothing but what rulings earned.
contract GovernedArbiter is IGovernedArbiter, AlwaysOwned {
    /// @notice Vault where review fees are earned.
    IPaymentVault public immutable vault;

    /// @inheritdoc IGovernedArbiter
    uint40 public immutable account;

    /// @inheritdoc IGovernedArbiter
    mapping(address arbiter => bool) public isArbiter;

    /// @notice Opens the account that earns the fees.
    /// @param vault_ vault of the market, not zero
    /// @param initialOwner owner, to become the timelock
    constructor(IPaymentVault vault_, address initialOwner) AlwaysOwned(initialOwner) {
        if (address(vault_) == address(0)) revert ArbiterZeroAddress();
        vault = vault_;
        account = vault_.openAccount(address(this));
    }

    /// @inheritdoc IDisputeResolver
    function rule(
        IJobEscrow escrow,
        uint256 jobId,
        Agreement calldata agreement,
        Verdict verdict,
        bytes32 rightDigest,
        bytes32 evidence
    ) external {
        if (!isArbiter[msg.sender]) revert ArbiterNotAllowed(msg.sender);
        bytes32 resultDigest = escrow.resultOf(jobId);
        if (!_follows(verdict, resultDigest, rightDigest)) {
            revert ResolverVerdictMismatch(verdict, resultDigest, rightDigest);
        }
        emit DisputeRuled(escrow, jobId, verdict, rightDigest, evidence);
        escrow.rule(jobId, agreement, verdict, evidence);
    }

    /// @inheritdoc IGovernedArbiter
    function setArbiter(address arbiter, bool allowed) external onlyOwner {
        if (arbiter == address(0)) revert ArbiterZeroAddress();
        isArbiter[arbiter] = allowed;
        emit ArbiterChanged(arbiter, allowed);
    }

    /// @inheritdoc IGovernedArbiter
    function withdrawFees(address to) external onlyOwner returns (uint256 amount) {
        amount = vault.balanceOf(account);
        emit FeesWithdrawn(to, amount);
        vault.withdraw(amount, to);
    }

    function _follows(Verdict verdict, bytes32 resultDigest, bytes32 rightDigest) private pure returns (bool) {
        if (verdict == Verdict.Valid) return rightDigest == resultDigest;
        if (verdict == Verdict.Invalid) return rightDigest != 0 && rightDigest != resultDigest;
        return verdict == Verdict.Unavailable;
    }
}
