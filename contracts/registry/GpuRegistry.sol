// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {AlwaysOwned} from "../libraries/AlwaysOwned.sol";
import {ClassWord} from "../libraries/ClassWord.sol";
import {EnergyReport} from "../libraries/EnergyReport.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {BondWord} from "../libraries/BondWord.sol";
import {StakerWord} from "../libraries/StakerWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {DrawLists} from "./DrawLists.sol";
import {Draws} from "./Draws.sol";
import {Enrolment} from "./Enrolment.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {IStakeVotes} from "./IStakeVotes.sol";
import {RegistryState} from "./RegistryState.sol";
import {RegistryTables} from "./RegistryTables.sol";
import {RegistryViews} from "./RegistryViews.sol";
import {RoundDesk} from "./RoundDesk.sol";
import {Scores} from "./Scores.sol";
import {Slashes} from "./Slashes.sol";
import {StakeDesk} from "./StakeDesk.sol";
import {Stakes} from "./Stakes.sol";

/// @title GpuRegistry
/// @notice See IGpuRegistry.
/// @dev This contract checks who calls and emits; the engine libraries change the state. Registration, slashes,
/// governed tables and rare views are external libraries. Modules are trusted by governance with what they report,
/// within the bounds that the engines set: locks that exist, the slash cap, a hold during which the owner can reverse a
/// slash.
contract GpuRegistry is IGpuRegistry, AlwaysOwned, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IGpuRegistry
    IPaymentVault public immutable vault;

    /// @inheritdoc IGpuRegistry
    IERC20 public immutable token;

    RegistryState private _state;

    /// @notice Sets the terms; classes, modules and the ledger of votes follow by their setters.
    /// @param vault_ vault that issues the owners' accounts; its token is staked
    /// @param owner_ first owner
    /// @param terms_ governed terms, within the bounds of `setTerms`
    constructor(IPaymentVault vault_, address owner_, Terms memory terms_) AlwaysOwned(owner_) {
        vault = vault_;
        token = vault_.token();
        RegistryTables.setTerms(_state, abi.encode(terms_));
    }

    // Registration and stake

    /// @inheritdoc IGpuRegistry
    function register(Registration calldata) external nonReentrant returns (uint40 gpu) {
        return Enrolment.enrolOne(_state, vault, token, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function registerMany(Registration[] calldata) external nonReentrant returns (uint40 firstGpu) {
        return Enrolment.enrolMany(_state, vault, token, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function registerWithPermit(
        Registration[] calldata,
        Permit calldata
    ) external nonReentrant returns (uint40 firstGpu) {
        return Enrolment.enrolWithPermit(_state, vault, token, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function addStake(uint40 gpu, uint256 amount) external nonReentrant {
        StakeDesk.addStake(_state, token, gpu, amount);
    }

    /// @inheritdoc IGpuRegistry
    function beginUnbond(uint40 gpu, uint256 amount) external {
        StakeDesk.beginUnbond(_state, gpu, amount);
    }

    /// @inheritdoc IGpuRegistry
    function cancelUnbond(uint40 gpu) external {
        StakeDesk.cancelUnbond(_state, gpu);
    }

    /// @inheritdoc IGpuRegistry
    function withdraw(uint40 gpu, address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0)) revert RegistryZeroAddress();
        GpuWord word = Stakes.known(_state, gpu);
        Stakes.requireOwner(_state, gpu, word);
        amount = Units.toWei(Stakes.withdraw(_state, gpu, word));
        emit StakeWithdrawn(gpu, to, amount);
        if (Stakes.isRetired(_state, gpu, word)) emit GpuRetired(gpu, word.owner());
        token.safeTransfer(to, amount);
    }

    // Keys and availability

    /// @inheritdoc IGpuRegistry
    function setPaused(uint40 gpu, bool paused) external {
        StakeDesk.setPaused(_state, gpu, paused);
    }

    /// @inheritdoc IGpuRegistry
    function setOperator(uint40 gpu, address operator) external {
        StakeDesk.setOperator(_state, gpu, operator);
    }

    /// @inheritdoc IGpuRegistry
    function setEndpoint(uint40 gpu, bytes32 metadataDigest, string calldata endpoint) external {
        Stakes.requireWorker(_state, gpu, Stakes.known(_state, gpu), msg.sender);
        emit EndpointChanged(gpu, metadataDigest, endpoint);
    }

    /// @inheritdoc IGpuRegistry
    function prune(uint40[] calldata gpus) external {
        StakeDesk.prune(_state, gpus);
    }

    // Rounds and assignments

    /// @inheritdoc IGpuRegistry
    function openRound(uint32 round, uint32 jobs, uint32 replaces) external {
        RoundDesk.openRound(_state, round, jobs, replaces);
    }

    /// @inheritdoc IGpuRegistry
    function dropFromRound(uint32 jobs) external {
        RoundDesk.dropFromRound(_state, jobs);
    }

    /// @inheritdoc IGpuRegistry
    function draw(DrawRequest calldata request) external returns (uint40 gpu, uint16 nextTry) {
        RegistryWord hub = _state.hub;
        if (hub.paused()) revert RegistryPaused();
        if (!hub.isOpen() || hub.module() != msg.sender) revert RegistryNoOpenRound(msg.sender);
        if (request.tries > Draws.MAX_TRIES) revert RegistryOutOfBounds(request.tries, 0, Draws.MAX_TRIES);
        (gpu, nextTry) = Draws.pick(_state, request, hub);
        if (gpu == 0) return (gpu, nextTry);
        Draws.seat(_state, gpu, request.lockGwei, hub);
        emit GpuDrawn(gpu, hub.round(), nextTry - 1, request.lockGwei);
        _state.hub = Draws.countOff(hub, 1);
    }

    /// @inheritdoc IGpuRegistry
    function assignNamed(uint40 gpu, uint64 lockGwei) external {
        RoundDesk.assignNamed(_state, gpu, lockGwei);
    }

    // Records

    /// @inheritdoc IGpuRegistry
    function finishWork(uint40 gpu, address caller, uint32 energyMilliWattHours, uint32 elapsed) external {
        RegistryWord hub = _recording();
        GpuWord word = Stakes.open(_state, gpu, hub);
        Stakes.requireWorker(_state, gpu, word, caller);
        ClassWord class = _state.classes[word.classId()];
        (uint256 least, uint256 greatest) = EnergyReport.bounds({
            watts: class.watts(),
            idleWatts: class.idleWatts(),
            slots: word.slots(),
            elapsed: elapsed
        });
        if (energyMilliWattHours < least || energyMilliWattHours > greatest) {
            revert RegistryImplausibleEnergy(energyMilliWattHours, least, greatest);
        }
        _state.gpus[gpu] = Stakes.finish(_state, gpu, word, hub, energyMilliWattHours);
        emit WorkFinished(gpu, energyMilliWattHours, elapsed);
    }

    // It calls our own vault only, which calls nobody before it returns.
    // slither-disable-start reentrancy-no-eth
    /// @inheritdoc IGpuRegistry
    function conclude(Outcome calldata outcome) external returns (uint40 account) {
        RegistryWord hub = _recording();
        uint40 gpu = outcome.gpu;
        GpuWord word = Stakes.unlock(_state, gpu, Stakes.open(_state, gpu, hub), outcome.lockGwei);
        account = word.owner();
        if (outcome.freeSlot) word = Stakes.freeSlot(_state, gpu, word, hub);
        if (outcome.kind == OutcomeKind.NonCompletion && outcome.caller != 0) {
            uint64 paid;
            (word, paid) = Stakes.take(_state, gpu, word, Stakes.callerPay(_state, word.classId()));
            _state.credits[outcome.caller] += paid;
        }
        _state.gpus[gpu] = word;

        uint32 oldScore;
        uint32 newScore;
        if (outcome.kind == OutcomeKind.Fraud || (outcome.scored && outcome.kind != OutcomeKind.Released)) {
            (oldScore, newScore) = Scores.record(_state, outcome, account, word.classId(), hub);
        }
        emit OutcomeRecorded(gpu, account, outcome.kind, oldScore, newScore);
    }
    // slither-disable-end reentrancy-no-eth

    /// @inheritdoc IGpuRegistry
    function recordDecline(uint40 gpu, uint64 lockGwei) external {
        RoundDesk.recordDecline(_state, gpu, lockGwei, _recording());
    }

    // Slashes

    /// @inheritdoc IGpuRegistry
    function slash(SlashRequest calldata) external returns (uint256 slashId, uint64 takenGwei) {
        if (_state.moduleWords[msg.sender].granted() & RegistryTables.SLASH == 0) {
            revert RegistryMissingScope(msg.sender, RegistryTables.SLASH);
        }
        return Slashes.slash(_state, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function continueSlash(uint256 slashId) external returns (uint64 takenGwei) {
        return Slashes.continueSlash(_state, slashId);
    }

    /// @inheritdoc IGpuRegistry
    function finaliseSlash(uint256 slashId) external nonReentrant {
        Slashes.finalise(_state, vault, token, slashId);
    }

    /// @inheritdoc IGpuRegistry
    function reverseSlash(uint256 slashId) external nonReentrant {
        Slashes.reverse(_state, vault, token, slashId, msg.sender == owner());
    }

    /// @inheritdoc IGpuRegistry
    function collect(uint40 account) external nonReentrant returns (uint256 amount) {
        return StakeDesk.collect(_state, vault, token, account);
    }

    // Votes

    /// @inheritdoc IGpuRegistry
    function setVoting(uint40 account, bool follows) external returns (uint256 stake) {
        if (msg.sender != address(_state.votes)) revert RegistryNotVotes(msg.sender);
        StakerWord staker = _state.stakers[account];
        _state.stakers[account] = staker.withVotes(follows);
        return Units.toWei(staker.stake());
    }

    // Governance

    /// @inheritdoc IGpuRegistry
    function setClass(uint8, string calldata, GpuClass calldata) external onlyOwner {
        RegistryTables.setClass(_state, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function setModule(address module, uint8 scopes) external onlyOwner {
        RegistryTables.setModule(_state, module, scopes);
    }

    /// @inheritdoc IGpuRegistry
    function setTerms(Terms calldata) external onlyOwner {
        RegistryTables.setTerms(_state, msg.data[4:]);
    }

    /// @inheritdoc IGpuRegistry
    function setVotes(IStakeVotes votes_) external onlyOwner {
        if (address(_state.votes) != address(0)) revert RegistryVotesFixed();
        if (address(votes_) == address(0)) revert RegistryZeroAddress();
        _state.votes = votes_;
        emit VotesFixed(address(votes_));
    }

    /// @inheritdoc IGpuRegistry
    function setWorkStopped(bool stopped) external onlyOwner {
        _state.hub = _state.hub.withPaused(stopped);
        emit WorkStopped(stopped);
    }

    // Views

    /// @inheritdoc IGpuRegistry
    function worksFor(uint40 gpu, address caller) external view returns (bool) {
        return Stakes.worksFor(_state, gpu, _state.gpus[gpu], caller);
    }

    /// @inheritdoc IGpuRegistry
    function gpuOf(uint40 gpu) external view returns (GpuView memory) {
        GpuWord word = _state.gpus[gpu];
        BondWord bond = _state.bonds[gpu];
        return
            GpuView({
                owner: word.owner(),
                operator: bond.operator() == address(0) ? vault.holderOf(word.owner()) : bond.operator(),
                classId: word.classId(),
                region: word.region(),
                slots: word.slots(),
                active: word.active(),
                listed: word.listed(),
                paused: word.paused(),
                leaving: word.leaving(),
                stake: Units.toWei(word.stake()),
                locked: Units.toWei(word.locked()),
                unbonding: Units.toWei(bond.unbonding()),
                unbondingEnds: bond.endsAt()
            });
    }

    /// @inheritdoc IGpuRegistry
    function classOf(uint8 classId) external view returns (GpuClass memory) {
        ClassWord word = _state.classes[classId];
        return
            GpuClass({
                vramGb: word.vramGb(),
                tflopsDeci: word.tflopsDeci(),
                watts: word.watts(),
                idleWatts: word.idleWatts(),
                ratePerSecondGwei: word.ratePerSecondGwei(),
                minStakeGwei: word.minStakeGwei(),
                enabled: word.enabled()
            });
    }

    /// @inheritdoc IGpuRegistry
    function ownerOf(uint40 gpu) external view returns (uint40 account) {
        return _state.gpus[gpu].owner();
    }

    /// @inheritdoc IGpuRegistry
    function deviceOf(address device) external view returns (uint40 gpu, uint32 nonce) {
        return (_state.devices[device].gpu(), _state.devices[device].nonce());
    }

    /// @inheritdoc IGpuRegistry
    function scoreOf(uint40 account) external view returns (uint32 score) {
        (score, ) = Scores.effective(_state.owners[account], Scores.today());
    }

    /// @inheritdoc IGpuRegistry
    function windowOf(uint40 account) external view returns (uint32 completed, uint32 attempted) {
        return RegistryViews.windowOf(_state, account);
    }

    /// @inheritdoc IGpuRegistry
    function stakeOf(uint40 account) external view returns (uint256) {
        return Units.toWei(_state.stakers[account].stake());
    }

    /// @inheritdoc IGpuRegistry
    function creditOf(uint40 account) external view returns (uint256) {
        return Units.toWei(_state.credits[account]);
    }

    /// @inheritdoc IGpuRegistry
    function openRoundInfo() external view returns (uint32 round, uint32 remaining, address module) {
        RegistryWord hub = _state.hub;
        if (!hub.isOpen()) return (0, 0, address(0));
        return (hub.round(), hub.remaining(), hub.module());
    }

    /// @inheritdoc IGpuRegistry
    function listOf(uint8 classId, uint8 region) external view returns (uint256 entrants, uint256 joined) {
        return DrawLists.lengths(_state, classId, region, _state.hub);
    }

    /// @inheritdoc IGpuRegistry
    function listedAt(uint8 classId, uint8 region, uint16 index) external view returns (uint40 gpu) {
        return DrawLists.at(_state, classId, region, index);
    }

    /// @inheritdoc IGpuRegistry
    function callerPayGwei(uint8 classId) external view returns (uint64) {
        return Stakes.callerPay(_state, classId);
    }

    /// @inheritdoc IGpuRegistry
    function probationValueGwei(uint8 classId) external view returns (uint64) {
        uint256 least = _state.classes[classId].minStakeGwei();
        // The cast is safe: at most half of a uint64.
        return uint64((least * _state.penalties.probationShare()) / 100);
    }

    /// @inheritdoc IGpuRegistry
    function moduleAt(uint8 index) external view returns (address module) {
        return index < _state.modules.length ? _state.modules[index] : address(0);
    }

    /// @inheritdoc IGpuRegistry
    function classCount() external view returns (uint8) {
        return _state.classCount;
    }

    /// @inheritdoc IGpuRegistry
    function votes() external view returns (IStakeVotes) {
        return _state.votes;
    }

    /// @inheritdoc IGpuRegistry
    function wordOf(Table table, uint256 key) external view returns (uint256) {
        return RegistryViews.wordOf(_state, table, key);
    }

    // Private

    /// @dev The hub, if the caller may record, or might before its rights were taken: its open jobs must come to an
    /// end.
    function _recording() private view returns (RegistryWord hub) {
        hub = _state.hub;
        if (hub.module() == msg.sender && hub.canRecord()) return hub;
        if (_state.moduleWords[msg.sender].granted() & RegistryTables.RECORD == 0) {
            revert RegistryMissingScope(msg.sender, RegistryTables.RECORD);
        }
    }
}
