// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice All that a draw reads of a validator beside the list, in one storage word. Zero means never registered.
/// @dev Layout, from the low bits:
///   0..39    inSince, second from which it is available without a break
///   40..79   outSince, second in which it stopped being available, 0 while it is
///   80..103  accuracy, present accuracy, 1e-4 points, at most 1e6
///   104..127 accuracyBefore, accuracy when epoch `epoch` began
///   128..151 accuracyEarlier, accuracy when the epoch before that one began
///   152..167 epoch, epoch of 7 days of the last change of accuracy
///   168..183 openSeats, seats whose question is not closed
///   184..215 domains, bit set of the domains in whose lists it has a place
///   216      known, whether it is registered and did not leave
///   217..255 free
type ValidatorWord is uint256;

using ValidatorWordLib for ValidatorWord global;

/// @title ValidatorWordLib
/// @notice Getters and pure setters of ValidatorWord.
library ValidatorWordLib {
    /// @notice Accuracies are kept as each epoch began with them, seconds.
    uint256 internal constant EPOCH = 7 days;

    uint256 private constant IN_SINCE_MASK = type(uint40).max;
    uint256 private constant OUT_SINCE_MASK = type(uint40).max;
    uint256 private constant OUT_SINCE_SHIFT = 40;
    uint256 private constant ACCURACY_MASK = type(uint24).max;
    uint256 private constant ACCURACY_SHIFT = 80;
    uint256 private constant ACCURACY_BEFORE_MASK = type(uint24).max;
    uint256 private constant ACCURACY_BEFORE_SHIFT = 104;
    uint256 private constant ACCURACY_EARLIER_MASK = type(uint24).max;
    uint256 private constant ACCURACY_EARLIER_SHIFT = 128;
    uint256 private constant EPOCH_MASK = type(uint16).max;
    uint256 private constant EPOCH_SHIFT = 152;
    uint256 private constant OPEN_SEATS_MASK = type(uint16).max;
    uint256 private constant OPEN_SEATS_SHIFT = 168;
    uint256 private constant DOMAINS_MASK = type(uint32).max;
    uint256 private constant DOMAINS_SHIFT = 184;
    uint256 private constant KNOWN_SHIFT = 216;

    /// @notice Second from which it is available without a break.
    function inSince(ValidatorWord self) internal pure returns (uint40) {
        return uint40(ValidatorWord.unwrap(self) & IN_SINCE_MASK);
    }

    /// @notice Second in which it stopped being available, 0 while it is.
    function outSince(ValidatorWord self) internal pure returns (uint40) {
        return uint40((ValidatorWord.unwrap(self) >> OUT_SINCE_SHIFT) & OUT_SINCE_MASK);
    }

    /// @notice Present accuracy, 1e-4 points, at most 1e6.
    function accuracy(ValidatorWord self) internal pure returns (uint24) {
        return uint24((ValidatorWord.unwrap(self) >> ACCURACY_SHIFT) & ACCURACY_MASK);
    }

    /// @notice Accuracy when epoch `epoch` began.
    function accuracyBefore(ValidatorWord self) internal pure returns (uint24) {
        return uint24((ValidatorWord.unwrap(self) >> ACCURACY_BEFORE_SHIFT) & ACCURACY_BEFORE_MASK);
    }

    /// @notice Accuracy when the epoch before that one began.
    function accuracyEarlier(ValidatorWord self) internal pure returns (uint24) {
        return uint24((ValidatorWord.unwrap(self) >> ACCURACY_EARLIER_SHIFT) & ACCURACY_EARLIER_MASK);
    }

    /// @notice Epoch of 7 days of the last change of accuracy.
    function epoch(ValidatorWord self) internal pure returns (uint16) {
        return uint16((ValidatorWord.unwrap(self) >> EPOCH_SHIFT) & EPOCH_MASK);
    }

    /// @notice Seats whose question is not closed.
    function openSeats(ValidatorWord self) internal pure returns (uint16) {
        return uint16((ValidatorWord.unwrap(self) >> OPEN_SEATS_SHIFT) & OPEN_SEATS_MASK);
    }

    /// @notice Bit set of the domains in whose lists it has a place.
    function domains(ValidatorWord self) internal pure returns (uint32) {
        return uint32((ValidatorWord.unwrap(self) >> DOMAINS_SHIFT) & DOMAINS_MASK);
    }

    /// @notice Whether it is registered and did not leave.
    function known(ValidatorWord self) internal pure returns (bool) {
        return (ValidatorWord.unwrap(self) >> KNOWN_SHIFT) & 1 != 0;
    }

    /// @notice `self` with another inSince field.
    function withInSince(ValidatorWord self, uint40 value) internal pure returns (ValidatorWord) {
        return ValidatorWord.wrap((ValidatorWord.unwrap(self) & ~IN_SINCE_MASK) | uint256(value));
    }

    /// @notice `self` with another outSince field.
    function withOutSince(ValidatorWord self, uint40 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(OUT_SINCE_MASK << OUT_SINCE_SHIFT)) |
                    (uint256(value) << OUT_SINCE_SHIFT)
            );
    }

    /// @notice `self` with another accuracy field.
    function withAccuracy(ValidatorWord self, uint24 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(ACCURACY_MASK << ACCURACY_SHIFT)) | (uint256(value) << ACCURACY_SHIFT)
            );
    }

    /// @notice `self` with another accuracyBefore field.
    function withAccuracyBefore(ValidatorWord self, uint24 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(ACCURACY_BEFORE_MASK << ACCURACY_BEFORE_SHIFT)) |
                    (uint256(value) << ACCURACY_BEFORE_SHIFT)
            );
    }

    /// @notice `self` with another accuracyEarlier field.
    function withAccuracyEarlier(ValidatorWord self, uint24 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(ACCURACY_EARLIER_MASK << ACCURACY_EARLIER_SHIFT)) |
                    (uint256(value) << ACCURACY_EARLIER_SHIFT)
            );
    }

    /// @notice `self` with another epoch field.
    function withEpoch(ValidatorWord self, uint16 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(EPOCH_MASK << EPOCH_SHIFT)) | (uint256(value) << EPOCH_SHIFT)
            );
    }

    /// @notice `self` with another openSeats field.
    function withOpenSeats(ValidatorWord self, uint16 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(OPEN_SEATS_MASK << OPEN_SEATS_SHIFT)) |
                    (uint256(value) << OPEN_SEATS_SHIFT)
            );
    }

    /// @notice `self` with another domains field.
    function withDomains(ValidatorWord self, uint32 value) internal pure returns (ValidatorWord) {
        return
            ValidatorWord.wrap(
                (ValidatorWord.unwrap(self) & ~(DOMAINS_MASK << DOMAINS_SHIFT)) | (uint256(value) << DOMAINS_SHIFT)
            );
    }

    /// @notice `self` with another known field.
    function withKnown(ValidatorWord self, bool value) internal pure returns (ValidatorWord) {
        uint256 bit = value ? 1 : 0;
        return ValidatorWord.wrap((ValidatorWord.unwrap(self) & ~(uint256(1) << KNOWN_SHIFT)) | (bit << KNOWN_SHIFT));
    }

    /// @notice Whether it can be drawn for a question asked at `frozenAt`: available before that second, and not
    /// stopped before it.
    function eligibleAt(ValidatorWord self, uint40 frozenAt) internal pure returns (bool) {
        if (!known(self) || inSince(self) >= frozenAt) return false;
        return outSince(self) == 0 || outSince(self) >= frozenAt;
    }

    /// @notice Accuracy when the epoch of `time` began. `time` is at most 3 days past, so that its epoch is the present
    /// or the last one, and no change lies more than one epoch after it.
    function accuracyAt(ValidatorWord self, uint256 time) internal pure returns (uint24) {
        uint256 asked = time / EPOCH;
        uint256 last = epoch(self);
        if (last < asked) return accuracy(self);
        return last == asked ? accuracyBefore(self) : accuracyEarlier(self);
    }

    /// @notice `self` with this accuracy also in the past: of one that registers, and can't be drawn for the past.
    function startedWith(ValidatorWord self, uint24 value) internal pure returns (ValidatorWord) {
        return withAccuracyEarlier(withAccuracyBefore(withAccuracy(self, value), value), value);
    }

    /// @notice `self` with another accuracy from `time` on, and the accuracies with which this and the last epoch
    /// began.
    function changed(ValidatorWord self, uint24 value, uint256 time) internal pure returns (ValidatorWord) {
        // The cast is safe until the year 3225.
        uint16 present = uint16(time / EPOCH);
        uint16 last = epoch(self);
        if (present != last) {
            // A change of the last epoch came after it began; without one it began with what there is still.
            uint24 earlier = present - last == 1 ? accuracyBefore(self) : accuracy(self);
            self = withAccuracyEarlier(self, earlier);
            self = withAccuracyBefore(self, accuracy(self));
            self = withEpoch(self, present);
        }
        return withAccuracy(self, value);
    }
}
