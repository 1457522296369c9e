// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InvariantBase} from "../base/InvariantBase.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @notice The whole suite under everybody at once: requesters, operators, keepers, arbiters, verifiers, governance.
contract MarketInvariants is InvariantBase {
    MarketHandler private _handler;

    function setUp() external {
        _handler = new MarketHandler();
        _target(_handler, "MarketHandler");
    }

    /// @notice See MarketHandler for each statement; I11, I12 and I16 are also checked within every action.
    /// forge-config: default.invariant.runs = 100
    /// forge-config: default.invariant.depth = 120
    /// forge-config: default.invariant.check_interval = 2
    function invariant_I1_I6_I7_I11_I12_I13_I16_I18_I19_I23_market() external view {
        _handler.checkMoney();
        _handler.checkJobs();
        _handler.checkGpus();
    }

    /// @notice I15: from the last state too.
    function _afterRun() internal override {
        _handler.endAll(true);
    }
}
