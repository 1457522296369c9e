// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title RollingWindow
/// @notice Jobs completed and attempted in the trailing 30 UTC days, exact by day (SPEC 3, I27).
/// @dev Thirty lanes of (attempted 16, completed 16), six a word, lane = day mod 30. The counts of the latest day and
/// the running sums are the caller's (`Counts`), who counts them in a word it writes anyway (OwnerWord): further
/// outcomes of a day touch no lane, the first of a new day usually one word, and any gap at most five. The lane of the
/// latest day is never read before it is written. Days count up to 65,535 attempts; what exceeds them is not counted.
library RollingWindow {
    /// @notice Running sums of the window that ends with `day`, and the counts of that day, which are part of them.
    struct Counts {
        uint256 completed;
        uint256 attempted;
        uint256 dayCompleted;
        uint256 dayAttempted;
        uint256 day;
    }

    /// @notice Words a window occupies.
    uint256 internal constant WORDS = 5;

    uint256 private constant DAYS = 30;
    uint256 private constant LANES_PER_WORD = 6;
    uint256 private constant LANE_BITS = 32;
    uint256 private constant LANE_MASK = type(uint32).max;
    uint256 private constant HALF_BITS = 16;
    uint256 private constant MAX_COUNT = type(uint16).max;

    /// @notice Moves the window on to `today`, after `counts.day`: files the latest day in its lane and drops the days
    /// that fell out of the sums. The caller begins to count the new day.
    function roll(uint256[WORDS] storage lanes, Counts memory counts, uint256 today) internal {
        if (today - counts.day >= DAYS) _clear(lanes, counts);
        else _shift(lanes, counts, today - counts.day);
    }

    /// @notice Sums of the window that ends today, without writing.
    function sums(
        uint256[WORDS] storage lanes,
        Counts memory counts,
        uint256 today
    ) internal view returns (uint256 completed, uint256 attempted) {
        if (today > counts.day && today - counts.day >= DAYS) return (0, 0);
        completed = counts.completed;
        attempted = counts.attempted;
        for (uint256 day = counts.day + 1; day <= today; ++day) {
            uint256 lane = day % DAYS;
            uint256 value = _lane(lanes[lane / LANES_PER_WORD], lane % LANES_PER_WORD);
            completed -= value >> HALF_BITS;
            attempted -= value & MAX_COUNT;
        }
    }

    /// @dev Everything fell out.
    function _clear(uint256[WORDS] storage lanes, Counts memory counts) private {
        for (uint256 i = 0; i < WORDS; ++i) {
            if (lanes[i] != 0) lanes[i] = 0;
        }
        counts.completed = 0;
        counts.attempted = 0;
    }

    /// @dev Files the latest day, then drops `gap` lanes (1..29) behind it. The last of them is that of today; it keeps
    /// its old value, because it is filed anew before it is read again.
    function _shift(uint256[WORDS] storage lanes, Counts memory counts, uint256 gap) private {
        uint256 lane = counts.day % DAYS;
        uint256 index = lane / LANES_PER_WORD;
        uint256 word = _setLane(
            lanes[index],
            lane % LANES_PER_WORD,
            (counts.dayCompleted << HALF_BITS) | counts.dayAttempted
        );
        for (; gap != 0; --gap) {
            lane = (lane + 1) % DAYS;
            if (lane / LANES_PER_WORD != index) {
                lanes[index] = word;
                index = lane / LANES_PER_WORD;
                word = lanes[index];
            }
            uint256 value = _lane(word, lane % LANES_PER_WORD);
            counts.completed -= value >> HALF_BITS;
            counts.attempted -= value & MAX_COUNT;
            if (gap != 1) word = _setLane(word, lane % LANES_PER_WORD, 0);
        }
        lanes[index] = word;
    }

    function _lane(uint256 word, uint256 position) private pure returns (uint256) {
        return (word >> (position * LANE_BITS)) & LANE_MASK;
    }

    function _setLane(uint256 word, uint256 position, uint256 value) private pure returns (uint256) {
        uint256 shift = position * LANE_BITS;
        return (word & ~(LANE_MASK << shift)) | (value << shift);
    }
}
