// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InvariantBase} from "../base/InvariantBase.sol";
import {RegistryEnd} from "./RegistryEnd.sol";
import {RegistryHandler} from "./RegistryHandler.sol";

/// @notice Stake, lists, draws, reputation and votes of the registry under everybody at once.
contract RegistryInvariants is InvariantBase, RegistryEnd {
    RegistryHandler private _handler;

    function setUp() external {
        _handler = new RegistryHandler();
        _target(_handler, "RegistryHandler");
    }

    /// @notice See RegistryChecks for each statement.
    /// forge-config: default.invariant.runs = 100
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check_interval = 4
    function invariant_I2_I6_I20_I21_I22_I23_I24_I25_I26_I27_I40_registry() external view {
        _handler.checkMoney();
        _handler.checkGpus();
        _handler.checkLists();
        _handler.checkScores();
        _handler.checkVotes();
        _handler.checkSlashes();
    }

    /// @notice I44: everybody can leave with what is theirs.
    function _afterRun() internal override {
        _windDown(_handler);
    }
}
