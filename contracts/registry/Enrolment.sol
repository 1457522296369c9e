// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {BondWord} from "../libraries/BondWord.sol";
import {ClassWord} from "../libraries/ClassWord.sol";
import {DeviceWord} from "../libraries/DeviceWord.sol";
import {GpuWord} from "../libraries/GpuWord.sol";
import {Lanes} from "../libraries/Lanes.sol";
import {OwnerWord} from "../libraries/OwnerWord.sol";
import {RegistryWord} from "../libraries/RegistryWord.sol";
import {Reputation} from "../libraries/Reputation.sol";
import {StakeLedgerWord} from "../libraries/StakeLedgerWord.sol";
import {StakerWord} from "../libraries/StakerWord.sol";
import {Units} from "../libraries/Units.sol";
import {IPaymentVault} from "../vault/IPaymentVault.sol";
import {DrawLists} from "./DrawLists.sol";
import {IGpuRegistry} from "./IGpuRegistry.sol";
import {RegistryState} from "./RegistryState.sol";
import {Scores} from "./Scores.sol";
import {Stakes} from "./Stakes.sol";

/// @title Enrolment
/// @notice Registration of GPUs. External library: its code runs in the registry's storage, for the caller of the
/// registry. Arguments arrive as they were encoded, because encoding them anew would cost the registry a kilobyte of
/// code.
library Enrolment {
    using SafeERC20 for IERC20;

    /// @notice Most GPUs of one batch.
    uint256 internal constant MAX_BATCH = 32;

    uint8 private constant MAX_SLOTS = 32;
    uint256 private constant BPS = 10_000;

    bytes32 private constant POSSESSION_TYPEHASH = keccak256(
        "Possession(address owner,uint8 classId,uint8 region,address device,uint256 nonce)"
    );

    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant DOMAIN_NAME = keccak256("GPU Commons Registry");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");

    /// @notice Who registers.
    /// @param account vault account of the owner
    /// @param holder its holder, named in the proofs of possession
    /// @param domain EIP-712 domain separator of the registry
    struct Applicant {
        uint40 account;
        address holder;
        bytes32 domain;
    }

    /// @notice See IGpuRegistry.register.
    /// @param registration encoded Registration
    function enrolOne(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        bytes calldata registration
    ) external returns (uint40 gpu) {
        gpu = s.ledger.gpus() + 1;
        Applicant memory applicant = _applicant(s, vault);
        uint256 total = _enrol(s, applicant, abi.decode(registration, (IGpuRegistry.Registration)));
        token.safeTransferFrom(msg.sender, address(this), total);
    }

    /// @notice See IGpuRegistry.registerMany.
    /// @param arguments encoded array of Registration
    function enrolMany(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        bytes calldata arguments
    ) external returns (uint40 first) {
        return _enrolAll(s, vault, token, abi.decode(arguments, (IGpuRegistry.Registration[])));
    }

    /// @notice See IGpuRegistry.registerWithPermit.
    /// @param arguments encoded (array of Registration, Permit)
    function enrolWithPermit(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        bytes calldata arguments
    ) external returns (uint40 first) {
        (IGpuRegistry.Registration[] memory list, IGpuRegistry.Permit memory p) = abi.decode(
            arguments,
            (IGpuRegistry.Registration[], IGpuRegistry.Permit)
        );
        // A permit that a front-runner used has left its allowance; a useless one shows when the tokens are pulled.
        IERC20Permit permitted = IERC20Permit(address(token));
        // solhint-disable-next-line no-empty-blocks
        try permitted.permit(msg.sender, address(this), p.amount, p.deadline, p.v, p.r, p.s) {} catch {
            // Nothing to do.
        }
        return _enrolAll(s, vault, token, list);
    }

    function _enrolAll(
        RegistryState storage s,
        IPaymentVault vault,
        IERC20 token,
        IGpuRegistry.Registration[] memory list
    ) private returns (uint40 first) {
        first = s.ledger.gpus() + 1;
        uint256 count = list.length;
        if (count == 0 || count > MAX_BATCH) revert IGpuRegistry.RegistryOutOfBounds(count, 1, MAX_BATCH);
        Applicant memory applicant = _applicant(s, vault);
        uint256 total;
        for (uint256 i = 0; i < count; ++i) {
            total += _enrol(s, applicant, list[i]);
        }
        token.safeTransferFrom(msg.sender, address(this), total);
    }

    function _applicant(RegistryState storage s, IPaymentVault vault) private returns (Applicant memory) {
        if (s.hub.paused()) revert IGpuRegistry.RegistryPaused();
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this))
        );
        uint40 account = s.accounts[msg.sender];
        if (account == 0) {
            account = vault.openAccount(msg.sender);
            s.accounts[msg.sender] = account;
        }
        return Applicant({account: account, holder: msg.sender, domain: domain});
    }

    function _enrol(
        RegistryState storage s,
        Applicant memory applicant,
        IGpuRegistry.Registration memory r
    ) private returns (uint256 total) {
        ClassWord class = s.classes[r.classId];
        if (!class.enabled()) revert IGpuRegistry.RegistryClassClosed(r.classId);
        if (r.region >= Lanes.REGIONS) revert IGpuRegistry.RegistryOutOfBounds(r.region, 0, Lanes.REGIONS - 1);
        if (r.slots == 0 || r.slots > MAX_SLOTS) revert IGpuRegistry.RegistryOutOfBounds(r.slots, 1, MAX_SLOTS);
        uint64 stake = Units.toGweiExact(r.stake);
        if (stake < class.minStakeGwei()) {
            revert IGpuRegistry.RegistryStakeOutOfBounds(stake, class.minStakeGwei());
        }

        RegistryWord hub = s.hub;
        uint32 lastScore = _bind(s, applicant, r);
        _enter(s, applicant.account, hub, lastScore);
        uint64 fee = _count(s, applicant.account, stake, class.minStakeGwei());
        _place(s, applicant, r, stake, hub);
        total = Units.toWei(stake) + Units.toWei(fee);
    }

    /// @dev Binds the device to the GPU about to be registered. Returns the last score behind the device, or START.
    function _bind(
        RegistryState storage s,
        Applicant memory applicant,
        IGpuRegistry.Registration memory r
    ) private returns (uint32 lastScore) {
        DeviceWord device = s.devices[r.device];
        _requirePossession(applicant, r, device.nonce());
        lastScore = uint32(Reputation.START);
        uint40 former = device.gpu();
        if (former != 0) {
            GpuWord word = s.gpus[former];
            if (!Stakes.isRetired(s, former, word)) revert IGpuRegistry.RegistryDeviceBound(r.device, former);
            uint16 until = s.asides[former].barredUntil();
            if (until > Scores.today()) revert IGpuRegistry.RegistryDeviceBarred(r.device, until);
            (lastScore, ) = Scores.effective(s.owners[word.owner()], Scores.today());
        }
        s.devices[r.device] = device.withGpu(s.ledger.gpus() + 1).withNonce(device.nonce() + 1);
    }

    function _requirePossession(
        Applicant memory applicant,
        IGpuRegistry.Registration memory r,
        uint256 nonce
    ) private pure {
        bytes32 structHash = keccak256(
            abi.encode(POSSESSION_TYPEHASH, applicant.holder, r.classId, r.region, r.device, nonce)
        );
        bytes32 digest = MessageHashUtils.toTypedDataHash(applicant.domain, structHash);
        (address signer, , ) = ECDSA.tryRecover(digest, r.possession);
        if (signer != r.device || signer == address(0)) revert IGpuRegistry.RegistryBadPossession(r.device);
    }

    /// @dev An owner without a GPU in service, fresh or returning, starts at the least of 50, its own score and the
    /// last score behind the device.
    function _enter(RegistryState storage s, uint40 owner, RegistryWord hub, uint32 lastScore) private {
        OwnerWord word = s.owners[owner];
        if (Scores.isBarred(s, owner)) revert IGpuRegistry.RegistryOwnerBarred(owner);
        if (word.known() && s.stakers[owner].gpus() != 0) return;
        uint32 start = lastScore < Reputation.START ? lastScore : uint32(Reputation.START);
        if (word.known()) {
            s.owners[owner] = Scores.cutTo(s, owner, word, start, hub);
        } else {
            // The day starts the rest of a score under the floor anew.
            s.owners[owner] = word.withKnown(true).withScore(start).withDay(Scores.today());
        }
    }

    /// @dev Totals of owner and registry. Returns the registration fee.
    function _count(RegistryState storage s, uint40 owner, uint64 stake, uint64 minStake) private returns (uint64 fee) {
        StakeLedgerWord ledger = s.ledger;
        // The cast is safe: at most 5% of a uint64.
        fee = uint64((uint256(minStake) * ledger.registrationFeeBps()) / BPS);
        s.ledger = ledger.withGpus(ledger.gpus() + 1).withTotal(ledger.total() + stake).withFees(ledger.fees() + fee);

        StakerWord staker = s.stakers[owner];
        uint64 oldStake = staker.stake();
        s.stakers[owner] = staker.withStake(oldStake + stake).withGpus(staker.gpus() + 1);
        if (staker.votes()) s.votes.stakeChanged(owner, Units.toWei(oldStake), Units.toWei(oldStake + stake));
    }

    function _place(
        RegistryState storage s,
        Applicant memory applicant,
        IGpuRegistry.Registration memory r,
        uint64 stake,
        RegistryWord hub
    ) private {
        uint40 gpu = s.ledger.gpus();
        GpuWord word = GpuWord
            .wrap(0)
            .withOwner(applicant.account)
            .withClassId(r.classId)
            .withRegion(r.region)
            .withSlots(r.slots)
            .withStake(stake);
        // A hot key is stored only where it is not the holder.
        if (r.operator != address(0) && r.operator != applicant.holder) {
            s.bonds[gpu] = BondWord.wrap(0).withOperator(r.operator);
            word = word.withHasBond(true);
        }
        s.gpus[gpu] = DrawLists.join(s, gpu, word, hub);
        _announce(gpu, applicant, r);
    }

    function _announce(uint40 gpu, Applicant memory applicant, IGpuRegistry.Registration memory r) private {
        emit IGpuRegistry.GpuRegistered({
            gpu: gpu,
            owner: applicant.account,
            device: r.device,
            operator: r.operator == address(0) ? applicant.holder : r.operator,
            classId: r.classId,
            region: r.region,
            slots: r.slots,
            stake: r.stake,
            metadataDigest: r.metadataDigest,
            endpoint: r.endpoint
        });
    }
}
