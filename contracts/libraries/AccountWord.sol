// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {BitField} from "./BitField.sol";

/// @notice One vault account in one storage word. Zero means the account was never opened.
/// @dev Layout, from the low bits:
///   0..95    balance, token wei
///   96..143  lowToday, lowest balance of `day` in units of 1e14 wei, rounded down
///   144..191 lowYesterday, lowest balance of the day before `day`, same unit
///   192..207 day, UTC day number (seconds / 86,400) of the last change of the balance; never 0 once opened
///   208..255 authorised, bit i allows the module with index i to debit
type AccountWord is uint256;

using AccountWordLib for AccountWord global;

/// @title AccountWordLib
/// @notice Getters and pure setters of AccountWord, and the exact two-day low-water mark (SPEC 2 and 4).
/// @dev The balance has no setter of its own: `moved` is the only way to change it, so that its marks never lag.
library AccountWordLib {
    using BitField for uint256;

    /// @notice Unit of the low-water marks in token wei.
    uint256 internal constant WEI_PER_LOW_UNIT = 1e14;

    uint256 private constant BALANCE_MASK = type(uint96).max;
    uint256 private constant LOW_MASK = type(uint48).max;
    uint256 private constant DAY_MASK = type(uint16).max;
    uint256 private constant AUTHORISED_MASK = type(uint48).max;
    uint256 private constant LOW_TODAY_SHIFT = 96;
    uint256 private constant LOW_YESTERDAY_SHIFT = 144;
    uint256 private constant DAY_SHIFT = 192;
    uint256 private constant AUTHORISED_SHIFT = 208;

    /// @notice UTC day number of a timestamp in seconds; stays at 65,535 from the year 2149 on, so that a change of a
    /// balance never reverts for its date (the low-water marks then only fall).
    function dayOf(uint256 timestamp) internal pure returns (uint16) {
        uint256 day_ = timestamp / 1 days;
        return day_ > DAY_MASK ? uint16(DAY_MASK) : uint16(day_);
    }

    /// @notice Balance in units of 1e14 wei, rounded down, saturated at 48 bits (28 billion tokens).
    function toLowUnits(uint96 balanceWei) internal pure returns (uint256) {
        uint256 units = balanceWei / WEI_PER_LOW_UNIT;
        return units > LOW_MASK ? LOW_MASK : units;
    }

    // Getters

    /// @notice Balance in token wei.
    function balance(AccountWord self) internal pure returns (uint96) {
        return uint96(AccountWord.unwrap(self) & BALANCE_MASK);
    }

    /// @notice Lowest balance of `day`, units of 1e14 wei.
    function lowToday(AccountWord self) internal pure returns (uint48) {
        return uint48((AccountWord.unwrap(self) >> LOW_TODAY_SHIFT) & LOW_MASK);
    }

    /// @notice Lowest balance of the day before `day`, units of 1e14 wei.
    function lowYesterday(AccountWord self) internal pure returns (uint48) {
        return uint48((AccountWord.unwrap(self) >> LOW_YESTERDAY_SHIFT) & LOW_MASK);
    }

    /// @notice UTC day of the last change of the balance.
    function day(AccountWord self) internal pure returns (uint16) {
        return uint16((AccountWord.unwrap(self) >> DAY_SHIFT) & DAY_MASK);
    }

    /// @notice Authorised modules, one bit each.
    function authorised(AccountWord self) internal pure returns (uint48) {
        return uint48(AccountWord.unwrap(self) >> AUTHORISED_SHIFT);
    }

    /// @notice Whether the account was opened.
    function exists(AccountWord self) internal pure returns (bool) {
        return day(self) != 0;
    }

    /// @notice Whether the module with `index` may debit.
    function isAuthorised(AccountWord self, uint8 index) internal pure returns (bool) {
        return (authorised(self) >> index) & 1 == 1;
    }

    // Setters

    /// @notice `self` with another day field.
    function withDay(AccountWord self, uint16 value) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(self).write(DAY_SHIFT, DAY_MASK, value));
    }

    /// @notice `self` with another authorised field.
    function withAuthorised(AccountWord self, uint48 value) internal pure returns (AccountWord) {
        return AccountWord.wrap(AccountWord.unwrap(self).write(AUTHORISED_SHIFT, AUTHORISED_MASK, value));
    }

    /// @notice `self` with the bit of module `index` on or off; index < 48.
    function withAuthorisedBit(AccountWord self, uint8 index, bool allowed) internal pure returns (AccountWord) {
        uint48 bit = uint48(1) << index;
        return withAuthorised(self, allowed ? authorised(self) | bit : authorised(self) & ~bit);
    }

    // Low-water mark

    /// @notice `self` after its balance became `newBalance` on day `today` (not before its own day).
    function moved(AccountWord self, uint96 newBalance, uint16 today) internal pure returns (AccountWord) {
        (uint256 lowBefore, uint256 lowNow) = lowsOn(self, today);
        uint256 low = toLowUnits(newBalance);
        return
            AccountWord.wrap(
                (AccountWord.unwrap(self) & (AUTHORISED_MASK << AUTHORISED_SHIFT)) |
                    (uint256(today) << DAY_SHIFT) |
                    (lowBefore << LOW_YESTERDAY_SHIFT) |
                    ((low < lowNow ? low : lowNow) << LOW_TODAY_SHIFT) |
                    newBalance
            );
    }

    /// @notice Lowest balance since the day before `today` began, units of 1e14 wei.
    function lowest(AccountWord self, uint16 today) internal pure returns (uint256) {
        (uint256 lowBefore, uint256 lowNow) = lowsOn(self, today);
        return lowBefore < lowNow ? lowBefore : lowNow;
    }

    /// @notice Low-water marks as they read on day `today` (not before the word's own day), units of 1e14 wei.
    /// @dev A day that passed without a change has the balance as its mark, on the first such day as on the hundredth.
    /// @return lowBefore mark of the day before `today`
    /// @return lowNow mark of `today` so far
    function lowsOn(AccountWord self, uint16 today) internal pure returns (uint256 lowBefore, uint256 lowNow) {
        uint256 lastDay = day(self);
        if (today == lastDay) return (lowYesterday(self), lowToday(self));

        lowNow = toLowUnits(balance(self));
        lowBefore = today == lastDay + 1 ? lowToday(self) : lowNow;
    }
}
