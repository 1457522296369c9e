// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {BondWord} from "../libraries/BondWord.sol";
import {ClassWord} from "../libraries/ClassWord.sol";
import {DeviceWord} from "../libraries/DeviceWord.sol";
import {AsideWord} from "../libraries/AsideWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {JoinedWord} from "../libraries/JoinedWord.sol";
import {OwnerWord} from "../libraries/OwnerWord.sol";
import {PenaltyTermsWord} from "../libraries/PenaltyTermsWord.sol";
import {PoolWord} from "../libraries/PoolWord.sol";
import {RegistryModuleWord} from "../libraries/RegistryModuleWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {SlashClaimWord} from "../libraries/SlashClaimWord.sol";
import {SlashWord} from "../libraries/SlashWord.sol";
import {StakeLedgerWord} from "../libraries/StakeLedgerWord.sol";
import {StakerWord} from "../libraries/StakerWord.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {Scores} from "./Scores.sol";

/// @title RegistryViews
/// @notice Rarely needed views, and packed words that RegistryLens unpacks. External library: its code reads the
/// registry's storage.
library RegistryViews {
    using SafeCast for uint256;

    /// @notice See IGpuRegistry.windowOf.
    function windowOf(
        RegistryState storage s,
        uint40 account
    ) external view returns (uint32 completed, uint32 attempted) {
        (uint256 done, uint256 tried) = Scores.windowOf(s, account);
        // The casts are safe: thirty days count less than 2^21 jobs.
        return (uint32(done), uint32(tried));
    }

    /// @notice See IGpuRegistry.wordOf. A key that is too great for its table is refused (SafeCast).
    function wordOf(RegistryState storage s, IGpuRegistry.Table table, uint256 key) external view returns (uint256) {
        if (table <= IGpuRegistry.Table.Penalties) return _single(s, table);
        if (table <= IGpuRegistry.Table.Aside) return _ofGpu(s, table, key.toUint40());
        if (table == IGpuRegistry.Table.Device) return DeviceWord.unwrap(s.devices[address(key.toUint160())]);
        if (table <= IGpuRegistry.Table.Staker) return _ofAccount(s, table, key.toUint40());
        if (table <= IGpuRegistry.Table.Joined) return _ofClass(s, table, key.toUint8());
        if (table == IGpuRegistry.Table.Module)
            return RegistryModuleWord.unwrap(s.moduleWords[address(key.toUint160())]);
        if (table == IGpuRegistry.Table.Slash) return SlashWord.unwrap(s.slashes[key]);
        return SlashClaimWord.unwrap(s.claims[key]);
    }

    function _single(RegistryState storage s, IGpuRegistry.Table table) private view returns (uint256) {
        if (table == IGpuRegistry.Table.Hub) return RegistryWord.unwrap(s.hub);
        if (table == IGpuRegistry.Table.Ledger) return StakeLedgerWord.unwrap(s.ledger);
        return PenaltyTermsWord.unwrap(s.penalties);
    }

    function _ofGpu(RegistryState storage s, IGpuRegistry.Table table, uint40 gpu) private view returns (uint256) {
        if (table == IGpuRegistry.Table.Gpu) return GpuWord.unwrap(s.gpus[gpu]);
        if (table == IGpuRegistry.Table.Bond) return BondWord.unwrap(s.bonds[gpu]);
        return AsideWord.unwrap(s.asides[gpu]);
    }

    function _ofAccount(
        RegistryState storage s,
        IGpuRegistry.Table table,
        uint40 account
    ) private view returns (uint256) {
        if (table == IGpuRegistry.Table.Owner) return OwnerWord.unwrap(s.owners[account]);
        return StakerWord.unwrap(s.stakers[account]);
    }

    function _ofClass(RegistryState storage s, IGpuRegistry.Table table, uint8 classId) private view returns (uint256) {
        if (table == IGpuRegistry.Table.Class) return ClassWord.unwrap(s.classes[classId]);
        if (table == IGpuRegistry.Table.Pool) return PoolWord.unwrap(s.pools[classId].pool);
        return JoinedWord.unwrap(s.pools[classId].joined);
    }
}
