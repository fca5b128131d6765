// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Channels} from "./Channels.sol";
import {Hashes} from "./Hashes.sol";
import {Claim, NEED_BOTH, Signature, Terms} from "./Types.sol";

/// @title What a node may claim where the control plane is gone
/// @notice A channel that needs both signatures would be worth nothing without a control plane. So a node may claim, with
/// notice, what the payer had signed a ceiling for. A control plane that lives has the whole notice to answer by saying
/// how much it admits; its word is the last one for the channel's delayed claims.
///
///     requestClaim            CLAIM_NOTICE passes            settleClaim, finishClose
///     ------------> [waits] -----------------------> [due] ---------------------------> earnings --collect--> payout
///                      | answerClaim: lowered to what is admitted  ^
///                      '-------------------------------------------'
///                      | closeNow: dropped
abstract contract DelayedClaims is Channels {
    using Hashes for bytes32;
    using SafeERC20 for IERC20;

    struct DelayedClaim {
        /// The lesser of receipt and ceiling, since the channel's beginning.
        uint128 amount;
        uint64 seq;
        /// When it can be settled, in Unix seconds; zero: no claim waits.
        uint40 dueAt;
        /// The control plane admitted less than was claimed: no more delayed claims on this channel.
        bool contested;
    }

    /// @notice How long a control plane has to answer.
    uint40 public constant CLAIM_NOTICE = 7 days;

    /// @notice The platform's fees, in micro-USDC, until `withdrawFees`.
    uint256 public fees;
    /// @notice The claim of a channel that waits, or what is left of the last one.
    mapping(bytes32 channelId => DelayedClaim) public delayedClaims;
    /// @notice What delayed claims have earned a node, in micro-USDC, until `collect`.
    mapping(address nodeId => uint256) public earnings;

    /// @notice A node wants `amount` in all without the control plane's word: answer before `dueAt` (Unix seconds).
    event ClaimRequested(bytes32 indexed channelId, address indexed nodeId, uint64 seq, uint128 amount, uint40 dueAt);
    /// @notice The control plane admits this much in all.
    event ClaimAnswered(bytes32 indexed channelId, uint64 seq, uint128 admitted);
    /// @notice The node agreed to close its channel without it.
    event ClaimDropped(bytes32 indexed channelId, uint64 seq);
    /// @notice Booked to the node's earnings; `net` and `fee` are zero where receipts had paid it meanwhile.
    /// @param paid What the channel has paid in all.
    event ClaimSettled(
        bytes32 indexed channelId, address indexed nodeId, uint64 seq, uint128 paid, uint128 net, uint128 fee
    );
    /// @notice A node's earnings were sent to its payout address.
    event Collected(address indexed nodeId, address indexed payout, uint256 amount);

    /// Only channels that need payer and control plane have delayed claims.
    error ClaimNotDelayable(uint8 need);
    /// The control plane admitted less than a former claim: it has the last word on this channel.
    error ClaimContested(bytes32 channelId);
    /// A claim waits until `dueAt`, in Unix seconds.
    error ClaimPending(bytes32 channelId, uint40 dueAt);
    /// No claim waits on the channel, or not this one.
    error NoClaim(bytes32 channelId);
    /// The least of receipt, ceiling and reserve is paid already.
    error NothingToClaim(uint128 payableNow, uint128 paid);
    /// Signed by nobody, or by no key that is valid now.
    error NotControlPlaneKey(address signer);
    /// Nothing was earned by delayed claims, or all of it is collected.
    error NothingEarned(address nodeId);

    /// @notice Announces a claim without the control plane's signature. Anyone may send what the node signed; not once an
    /// announced closing is due, nor while another claim waits, nor where the control plane has contested one.
    /// @param claim `nodeSignature` is over DelayedClaim(digest of the ComputeReceipt), not over the receipt, so that nobody
    /// can announce an old receipt in the node's place. `controlPlaneSignature` is ignored.
    function requestClaim(Claim calldata claim) external {
        if (claim.terms.need != NEED_BOTH) revert ClaimNotDelayable(claim.terms.need);
        bytes32 id = channelIdOf(claim.terms);
        _requireClaimable(id);
        uint128 amount = claim.cumulative < claim.ceiling ? claim.cumulative : claim.ceiling;
        Channel storage channel = channels[id];
        uint128 payableNow = amount < channel.reserved ? amount : channel.reserved;
        if (payableNow <= channel.paid) revert NothingToClaim(payableNow, channel.paid);
        _requireClaimSigned(claim, id);
        uint40 dueAt = uint40(block.timestamp) + CLAIM_NOTICE;
        delayedClaims[id] = DelayedClaim(amount, claim.seq, dueAt, false);
        emit ClaimRequested(id, claim.terms.nodeId, claim.seq, amount, dueAt);
    }

    /// @notice The control plane's answer: how much of a waiting claim it admits. The claim is lowered to that and due at
    /// once; where that is less than was claimed the channel has no more delayed claims. Anyone may send it.
    /// @param seq The waiting claim's.
    /// @param admitted Micro-USDC since the channel's beginning; more than was claimed changes no amount.
    /// @param signature A valid control plane key's, over ClaimAnswer.
    function answerClaim(bytes32 channelId, uint64 seq, uint128 admitted, Signature calldata signature) external {
        DelayedClaim storage claim = delayedClaims[channelId];
        if (claim.dueAt == 0 || claim.seq != seq) revert NoClaim(channelId);
        address signer = _hashTypedDataV4(Hashes.ofAnswer(channelId, seq, admitted)).signerOf(signature);
        if (!isControlPlaneKey(signer)) revert NotControlPlaneKey(signer);
        if (admitted < claim.amount) {
            claim.amount = admitted;
            claim.contested = true;
        }
        if (claim.dueAt > block.timestamp) claim.dueAt = uint40(block.timestamp);
        emit ClaimAnswered(channelId, seq, admitted);
    }

    /// @notice Books a claim that is due: at most the reserve, less what was paid since. Anyone.
    function settleClaim(Terms calldata terms) external {
        bytes32 id = channelIdOf(terms);
        if (delayedClaims[id].dueAt == 0) revert NoClaim(id);
        _settleDue(terms, id);
    }

    /// @notice Sends what delayed claims have earned a node to its payout address. Anyone.
    function collect(address nodeId) external nonReentrant {
        uint256 amount = earnings[nodeId];
        if (amount == 0) revert NothingEarned(nodeId);
        earnings[nodeId] = 0;
        address payout = payoutOf(nodeId);
        token.safeTransfer(payout, amount);
        emit Collected(nodeId, payout, amount);
    }

    function _beforeClose(Terms calldata terms, bytes32 id) internal override {
        if (delayedClaims[id].dueAt != 0) _settleDue(terms, id);
    }

    function _beforeCloseNow(bytes32 id) internal override {
        DelayedClaim storage claim = delayedClaims[id];
        if (claim.dueAt == 0) return;
        claim.dueAt = 0;
        emit ClaimDropped(id, claim.seq);
    }

    function _requireClaimable(bytes32 id) private view {
        _requireOpened(id);
        // Not after an announced closing is due: else a node could keep a payer's rest from it claim by claim.
        uint40 closing = closingAt[id];
        if (closing == CLOSED || (closing != 0 && block.timestamp >= closing)) revert ChannelClosing(id, closing);
        DelayedClaim storage claim = delayedClaims[id];
        if (claim.contested) revert ClaimContested(id);
        if (claim.dueAt != 0) revert ClaimPending(id, claim.dueAt);
    }

    function _requireClaimSigned(Claim calldata claim, bytes32 id) private view {
        address key = nodes[claim.terms.nodeId].key;
        bytes32 receipt = _hashTypedDataV4(Hashes.ofReceipt(id, claim));
        bytes32 digest = _hashTypedDataV4(Hashes.ofDelayedClaim(receipt));
        if (!digest.isSigned(claim.nodeSignature, key)) revert InvalidSignature(key);
        address signer = claim.terms.payerSigner;
        bytes32 voucher = _hashTypedDataV4(Hashes.ofVoucher(id, claim.ceiling));
        if (!voucher.isSigned(claim.payerSignature, signer)) revert InvalidSignature(signer);
    }

    /// @dev Credits instead of paying out: a payout address that the token refuses must not keep the payer's rest.
    function _settleDue(Terms calldata terms, bytes32 id) private {
        DelayedClaim storage claim = delayedClaims[id];
        if (block.timestamp < claim.dueAt) revert ClaimPending(id, claim.dueAt);
        claim.dueAt = 0;
        Channel storage channel = channels[id];
        uint128 was = channel.paid;
        uint128 upTo = claim.amount < channel.reserved ? claim.amount : channel.reserved;
        uint128 fee;
        uint128 net;
        if (upTo > was) {
            channel.paid = upTo;
            fee = _feeOf(was, upTo, terms.feeBps);
            net = upTo - was - fee;
            fees += fee;
            earnings[terms.nodeId] += net;
        }
        emit ClaimSettled(id, terms.nodeId, claim.seq, channel.paid, net, fee);
    }
}
