// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Handler} from "./Handler.sol";
import {TestBase} from "./TestBase.sol";
import {vm} from "./Vm.sol";

/// @notice Base of an invariant suite: says whom the fuzzer calls and as whom, and reports what the handlers did.
/// @dev A suite deploys in `setUp()`, names its handlers with `_target`, and states what holds in functions called
/// `invariant_I<id>_...`. forge runs one campaign of random calls per such function, and with the pinned seed each of
/// them walks the same calls: put statements about the same contracts into one function (`invariant_I1_I6_...`), it
/// proves as much in a fraction of the time. Nothing but the targeted handlers is called. Runs and depth are those of
/// foundry.toml; forge's inline configuration above a function changes them for it alone.
abstract contract InvariantBase is TestBase {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    struct Target {
        Handler handler;
        string name;
    }

    /// @dev The one folder forge may write (foundry.toml); scripts/fuzz.ts empties it and adds up the lines.
    string private constant _FOLDER = "forge-cache/successes/";

    Target[] private _targets;
    address[] private _senders;
    FuzzSelector[] private _selectors;

    /// @notice Read by forge: the contracts to call.
    function targetContracts() external view returns (address[] memory contracts) {
        contracts = new address[](_targets.length);
        for (uint256 i = 0; i < contracts.length; ++i) contracts[i] = address(_targets[i].handler);
    }

    /// @notice Read by forge: extra weight for some actions.
    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _selectors;
    }

    /// @notice Read by forge: the senders of the calls; any address when empty.
    function targetSenders() external view returns (address[] memory) {
        return _senders;
    }

    /// @notice Called by forge at the end of each run: one line per handler, `|name.selector=count` for each action.
    function afterInvariant() external {
        for (uint256 i = 0; i < _targets.length; ++i) _report(_targets[i]);
        _afterRun();
    }

    /// @notice For checks at the end of a run, e.g. that everybody can leave with their money.
    function _afterRun() internal virtual {}

    /// @notice Lets the fuzzer call every action of a handler.
    /// @param name The handler's contract name; its artifact tells which actions must succeed.
    function _target(Handler handler, string memory name) internal {
        vm.label(address(handler), name);
        _targets.push(Target({handler: handler, name: name}));
    }

    /// @notice Restricts the calls of a targeted handler to these actions.
    function _targetSelectors(Handler handler, bytes4[] memory selectors) internal {
        _selectors.push(FuzzSelector({addr: address(handler), selectors: selectors}));
    }

    /// @notice Restricts `msg.sender` of the calls to the senders named this way.
    function _targetSender(address sender) internal {
        _senders.push(sender);
    }

    function _report(Target storage target) private {
        bytes4[] memory selectors = target.handler.succeeded();
        string memory line = "";
        for (uint256 i = 0; i < selectors.length; ++i) {
            string memory count = vm.toString(target.handler.successes(selectors[i]));
            line = string.concat(line, "|", target.name, ".", vm.toString(abi.encodePacked(selectors[i])), "=", count);
        }
        vm.writeLine(string.concat(_FOLDER, target.name), string.concat(line, "|"));
    }
}
