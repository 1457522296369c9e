// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Pricing} from "../../../contracts/libraries/Pricing.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @notice Statements about amounts for all inputs, proven by Halmos with cvc5 over integers (`npm run audit`).
contract ArithmeticProofs {
    /// @notice Gwei units to wei and back are exact, whichever way they round.
    function check_unitsGoThereAndBack(uint64 amountGwei) external pure {
        assert(Units.toGweiExact(Units.toWei(amountGwei)) == amountGwei);
        assert(Units.toGweiDown(Units.toWei(amountGwei)) == amountGwei);
        assert(Units.toGweiUp(Units.toWei(amountGwei)) == amountGwei);
    }

    /// @notice Rounding up is rounding down, or one more where there is a remainder.
    function check_roundingUpIsAtMostOneMore(uint64 wholeGwei, uint32 remainder) external pure {
        uint256 amountWei = Units.toWei(wholeGwei) + (remainder % 1e9);
        if (wholeGwei == type(uint64).max) return;
        assert(Units.toGweiDown(amountWei) == wholeGwei);
        assert(Units.toGweiUp(amountWei) - wholeGwei == (remainder % 1e9 == 0 ? 0 : 1));
    }

    /// @notice What a quote holds back for draws fits its field and covers every call and charge.
    function check_drawReserveCoversAllDraws(uint56 drawUnit, uint56 inputCharge) external pure {
        uint256 reserve = Pricing.drawReserve(drawUnit, inputCharge);
        assert(reserve >= uint256(drawUnit) * Pricing.DRAW_CALLS);
        assert(reserve - uint256(drawUnit) * Pricing.DRAW_CALLS == uint256(inputCharge) * Pricing.INPUT_CHARGES);
        assert(Pricing.fit(reserve) == reserve);
    }
}
