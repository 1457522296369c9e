// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CoordinatorMock} from "../../../contracts/mocks/randomness/CoordinatorMock.sol";
import {GasPriceOracleMock} from "../../../contracts/mocks/randomness/GasPriceOracleMock.sol";
import {IRandomnessBeacon} from "../../../contracts/randomness/IRandomnessBeacon.sol";
import {RandomnessBeacon} from "../../../contracts/randomness/RandomnessBeacon.sol";
import {TestBase} from "../base/TestBase.sol";
import {vm} from "../base/Vm.sol";

/// @notice Price of a request for any gas price, base fee and data fee, a transaction of a rollup's parent chain (gas
/// price 0) among them, which no Hardhat test can send.
contract BeaconPriceTest is TestBase {
    /// @dev The predeploy of OP-stack rollups, and the bytes that the beacon and the predeploy count.
    GasPriceOracleMock private constant ORACLE = GasPriceOracleMock(0x420000000000000000000000000000000000000F);
    uint256 private constant ANSWER_BYTES = 875 + 68;

    RandomnessBeacon private _beacon;

    function setUp() external {
        vm.etch(address(ORACLE), address(new GasPriceOracleMock()).code);
        _beacon = new RandomnessBeacon(
            address(this),
            address(this),
            address(new CoordinatorMock()),
            _settings(250_000, 60)
        );
        _beacon.setConsumer(address(this), true);
    }

    function testFuzz_price(
        uint256 gasPrice,
        uint256 baseFee,
        uint256 feePerByte,
        uint32 paidGas,
        uint8 premium
    ) external {
        gasPrice = _bound(gasPrice, 0, 1e15);
        baseFee = _bound(baseFee, 0, 1e15);
        feePerByte = _bound(feePerByte, 0, 1e15);
        paidGas = uint32(_bound(paidGas, 100_000, 5_000_000));
        premium = uint8(_bound(premium, 0, 200));
        _beacon.setSettings(_settings(paidGas, premium));
        vm.txGasPrice(gasPrice);
        vm.fee(baseFee);
        ORACLE.setFeePerByte(feePerByte);

        uint256 fee = gasPrice > baseFee ? gasPrice : baseFee;
        uint256 price = ((paidGas * fee + ANSWER_BYTES * feePerByte) * (100 + uint256(premium))) / 100;
        vm.assertEq(_beacon.price(), price, "price");

        vm.deal(address(this), price);
        if (price != 0) {
            vm.expectRevert(abi.encodeWithSelector(IRandomnessBeacon.BeaconUnderpaid.selector, price - 1, price));
            _beacon.request{value: price - 1}();
        }
        _beacon.request{value: price}();
        vm.assertEq(_beacon.currentRound(), 1, "the exact price is enough");
    }

    function _settings(uint32 paidGas, uint8 premium) private pure returns (IRandomnessBeacon.Settings memory) {
        return
            IRandomnessBeacon.Settings({
                keyHash: "lane",
                callbackGas: 60_000,
                confirmations: 3,
                interval: 10,
                paidGas: paidGas,
                premiumPercent: premium
            });
    }
}
