// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AsideWord} from "../libraries/AsideWord.sol";
import {BondWord} from "../libraries/BondWord.sol";
import {ClassWord} from "../libraries/ClassWord.sol";
import {DeviceWord} from "../libraries/DeviceWord.sol";
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
import {IStakeVotes} from "./IStakeVotes.sol";

/// @notice Draw lists of one class.
/// @param pool lengths of the lists, and energy
/// @param joined GPUs that joined while a round was open
struct ClassLists {
    PoolWord pool;
    JoinedWord joined;
}

/// @notice All storage of the GpuRegistry, handed to its engine libraries.
/// @dev `accounts` repeats what the vault says of holders who registered a GPU; an account never changes hands, and a
/// look-up here is cheaper than a call.
///
/// `lists` holds GPU ids, 40 bits each and six a word, at key class << 24 | region << 16 | index / 6. Entries
/// behind the end are left as they are, so that the next join does not pay for a fresh slot.
struct RegistryState {
    RegistryWord hub;
    StakeLedgerWord ledger;
    PenaltyTermsWord penalties;
    IStakeVotes votes;
    uint8 classCount;
    address[] modules;
    mapping(address module => RegistryModuleWord word) moduleWords;
    mapping(uint8 classId => ClassWord word) classes;
    mapping(uint8 classId => ClassLists lists) pools;
    mapping(uint256 key => uint256 ids) lists;
    mapping(address holder => uint40 account) accounts;
    mapping(uint40 gpu => GpuWord word) gpus;
    mapping(uint40 gpu => BondWord word) bonds;
    mapping(uint40 gpu => AsideWord word) asides;
    mapping(address device => DeviceWord word) devices;
    mapping(uint40 owner => OwnerWord word) owners;
    mapping(uint40 owner => StakerWord word) stakers;
    mapping(uint40 owner => uint256[5] words) lanes;
    mapping(uint40 account => uint64 amountGwei) credits;
    mapping(uint256 slash => SlashWord word) slashes;
    mapping(uint256 slash => SlashClaimWord word) claims;
}
