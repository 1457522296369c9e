// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CurrencyMock} from "./CurrencyMock.sol";

/// @title RefusingCurrency
/// @notice Test double: a currency that refuses transfers from and to some addresses, in several ways.
contract RefusingCurrency is CurrencyMock {
    /// @notice How it refuses.
    /// @param Revert it reverts
    /// @param BurnGas it spends all gas that it is given
    /// @param RevertBomb it reverts with a long answer
    enum Manner {
        Revert,
        BurnGas,
        RevertBomb
    }

    error Blacklisted(address account);

    Manner public manner;

    /// @notice Gas that each transfer uses for nothing.
    uint256 public toil;
    mapping(address account => bool refused) public blacklisted;

    constructor(uint8 decimals_) CurrencyMock(decimals_) {}

    /// @notice Refuses transfers from and to `account`, or no more.
    function setBlacklisted(address account, bool refused) external {
        blacklisted[account] = refused;
    }

    /// @notice Refuses in another way.
    function setManner(Manner newManner) external {
        manner = newManner;
    }

    /// @notice Makes transfers dear.
    function setToil(uint256 gas) external {
        toil = gas;
    }

    function _update(address from, address to, uint256 value) internal override {
        uint256 until = gasleft() - toil;
        while (gasleft() > until) continue;
        if (blacklisted[from] || blacklisted[to]) _refuse(to);
        super._update(from, to, value);
    }

    function _refuse(address to) private view {
        if (manner == Manner.BurnGas) {
            uint256 sum = 0;
            for (uint256 i = 0; i < type(uint256).max; ++i) sum ^= i;
        }
        if (manner == Manner.RevertBomb) {
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                revert(0, 20000)
            }
        }
        revert Blacklisted(to);
    }
}
