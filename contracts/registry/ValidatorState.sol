// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DomainWord} from "../libraries/DomainWord.sol";
import {ValidatorBondWord} from "../libraries/ValidatorBondWord.sol";
import {ValidatorLedgerWord} from "../libraries/ValidatorLedgerWord.sol";
import {ValidatorModuleWord} from "../libraries/ValidatorModuleWord.sol";
import {ValidatorTermsWord} from "../libraries/ValidatorTermsWord.sol";
import {ValidatorWord} from "../libraries/ValidatorWord.sol";

/// @notice All storage of the ValidatorRegistry, handed to its engine libraries.
/// @dev `lists` holds validator ids, 40 bits each and six a word, at key domain << 16 | place / 6. `taken` marks the
/// places that are, a bit each, at key domain << 16 | place / 256. `places` says where a validator stands, 16 bits a
/// domain, at key validator << 1 | domain / 16; what it says of a domain that the validator is not in is out of date.
struct ValidatorState {
    ValidatorTermsWord terms;
    ValidatorLedgerWord ledger;
    address[] modules;
    mapping(address module => ValidatorModuleWord word) moduleWords;
    mapping(uint40 validator => ValidatorWord word) validators;
    mapping(uint40 validator => ValidatorBondWord word) bonds;
    mapping(uint40 validator => address key) operators;
    mapping(uint256 domain => DomainWord word) domains;
    mapping(uint256 key => uint256 ids) lists;
    mapping(uint256 key => uint256 marks) taken;
    mapping(uint256 key => uint256 lanes) places;
}
