// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VRFCoordinatorV2_5Mock} from "@chainlink/contracts/src/v0.8/vrf/mocks/VRFCoordinatorV2_5Mock.sol";

/// @title CoordinatorStub
/// @notice Chainlink's mock with what a live coordinator says of itself: settings and key hashes. Its code is placed at
/// a live coordinator's address.
contract CoordinatorStub is VRFCoordinatorV2_5Mock {
    struct ProvingKey {
        bool exists;
        uint64 maxGas;
    }

    // The name is Chainlink's.
    // solhint-disable-next-line var-name-mixedcase
    mapping(bytes32 keyHash => ProvingKey) public s_provingKeys;

    constructor() VRFCoordinatorV2_5Mock(0, 1_000_000_000, 1) {}

    function configure(uint16 confirmations, uint32 maxGas, uint8 nativePremium, uint8 linkPremium) external {
        s_config.minimumRequestConfirmations = confirmations;
        s_config.maxGasLimit = maxGas;
        s_config.nativePremiumPercentage = nativePremium;
        s_config.linkPremiumPercentage = linkPremium;
    }

    function addKey(bytes32 keyHash, uint64 maxGas) external {
        s_provingKeys[keyHash] = ProvingKey(true, maxGas);
    }
}
