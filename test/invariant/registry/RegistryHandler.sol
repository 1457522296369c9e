// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IGpuRegistry} from "../../../contracts/registry/IGpuRegistry.sol";
import {ComputeToken} from "../../../contracts/token/ComputeToken.sol";
import {vm} from "../base/Vm.sol";
import {RegistryChecks} from "./RegistryChecks.sol";
import {RegistryWorld} from "./RegistryWorld.sol";

/// @notice The registry with the token of the suite: owners, modules, governance and time, all at once.
contract RegistryHandler is RegistryChecks {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    constructor()
        RegistryWorld(IERC20(address(new ComputeToken("VaikerAI", "VAIK", 1e27, address(this), address(0)))))
    {
        for (uint256 i = 0; i < 8; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("first", i)));
            _register(_owners[i % OWNERS], _registration(_owners[i % OWNERS], _devices[i], seed));
        }
    }

    /// @notice I10: with a permit, with one that somebody sent first, and never twice.
    function registerWithPermit(uint256 ownerSeed, uint256 deviceSeed, uint256 seed, bool sentFirst) external {
        address owner = _freeOwner(ownerSeed);
        IGpuRegistry.Registration[] memory list = _pair(owner, deviceSeed, seed);
        if (list.length == 0) return;
        ComputeToken permitted = ComputeToken(address(token));
        IGpuRegistry.Permit memory permit = _permit(owner);
        if (sentFirst) {
            permitted.permit(owner, address(registry), permit.amount, permit.deadline, permit.v, permit.r, permit.s);
        }
        uint256 nonce = permitted.nonces(owner);
        vm.prank(owner);
        registry.registerWithPermit(list, permit);
        vm.assertEq(permitted.nonces(owner), sentFirst ? nonce : nonce + 1, "I10 nonce rises by 1 per use");
        for (uint256 i = 0; i < list.length; ++i) _registered(owner, list[i]);
        _success();
    }

    function _permit(address owner) private returns (IGpuRegistry.Permit memory p) {
        ComputeToken permitted = ComputeToken(address(token));
        (, uint256 key) = _actor(string.concat("owner ", vm.toString(_indexOf(owner))));
        p.amount = type(uint256).max;
        p.deadline = _now();
        bytes32 message = keccak256(
            abi.encode(PERMIT, owner, address(registry), p.amount, permitted.nonces(owner), p.deadline)
        );
        (p.v, p.r, p.s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", permitted.DOMAIN_SEPARATOR(), message)));
    }

    function _indexOf(address owner) private view returns (uint256 index) {
        while (_owners[index] != owner) ++index;
    }
}
