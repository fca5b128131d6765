// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ControlPlaneKeys} from "./ControlPlaneKeys.sol";
import {Hashes} from "./Hashes.sol";
import {Nodes} from "./Nodes.sol";
import {Pool} from "./Pool.sol";
import {NEED_BOTH, NEED_PAYER, Signature, SpendAuthorization, Terms} from "./Types.sol";

/// @title One-way channels from a payer to a node
/// @notice Opening moves money from the payer's pool into the channel's reserve, which the payer gets back only by closing.
///
///                 open, top up                      redeem: paid rises, never above reserved
///     [none] ------------------> [open] ---------------------------------------------------.
///                                 |  |                                                      |
///                    requestClose |  | closeNow (the node agreed)                           |
///                                 v  |                                                      |
///                           [closing]|  still redeemable, no top-up                         |
///                                 |  v                                                      |
///                     finishClose '->[closed] for good: a channel id is never opened again <'
abstract contract Channels is Pool, Nodes, ControlPlaneKeys {
    using Hashes for bytes32;

    struct Channel {
        /// Everything ever put in; after closing, what was paid.
        uint128 reserved;
        /// Everything ever paid out, the fee included.
        uint128 paid;
    }

    /// @notice What a settlement wants to know of a channel.
    struct ChannelState {
        uint128 reserved;
        uint128 paid;
        uint40 closingAt;
    }

    /// @notice The most that the fee may be, in ten-thousandths.
    uint16 public constant MAX_FEE_BPS = 3_000;
    /// @notice The least and the most notice of a closing, in seconds.
    uint40 public constant MIN_WITHDRAW_DELAY = 1 hours;
    /// @notice See MIN_WITHDRAW_DELAY.
    uint40 public constant MAX_WITHDRAW_DELAY = 30 days;
    /// @notice `closingAt` of a closed channel.
    uint40 public constant CLOSED = type(uint40).max;

    /// @notice The platform's share of channels opened from now on, in ten-thousandths. Open channels keep theirs.
    uint16 public feeBps;

    /// @notice A channel's sums, in micro-USDC since its beginning.
    mapping(bytes32 channelId => Channel) public channels;
    /// @notice When a channel may be closed, in Unix seconds; 0: nobody asked; CLOSED: it is.
    mapping(bytes32 channelId => uint40) public closingAt;
    /// @notice The nonce of the payer's next signed opening.
    mapping(address payer => uint256) public openNonce;
    /// @notice The epoch that a payer's authorizations have to name.
    mapping(address payer => uint64) public spendEpoch;
    /// @notice What was opened with an authorization so far, in micro-USDC, by its digest.
    mapping(bytes32 authorization => uint128) public spent;

    /// @notice Opened or topped up.
    /// @param amount What this added to the reserve.
    event Opened(bytes32 indexed channelId, address indexed payer, address indexed nodeId, uint128 amount, Terms terms);
    /// @notice The payer wants its rest back: redeem, or claim, before `closingAt` (Unix seconds).
    event CloseRequested(bytes32 indexed channelId, address indexed nodeId, uint40 closingAt);
    /// @notice Closed for good; `refunded` went to the payer's pool.
    event Closed(bytes32 indexed channelId, address indexed payer, uint128 refunded);
    /// @notice Authorizations of lower epochs and signed openings of lower nonces are worth nothing now.
    event AuthorizationsRevoked(address indexed payer, uint64 epoch, uint256 openNonce);

    /// What is asked is the payer's alone.
    error NotPayer(address sender, address payer);
    /// `need` is none of 1, 2 and 3.
    error InvalidNeed(uint8 need);
    /// Not within MIN_WITHDRAW_DELAY and MAX_WITHDRAW_DELAY.
    error InvalidWithdrawDelay(uint40 withdrawDelay);
    /// The channel would be opened with another fee than the contract's.
    error WrongFee(uint16 feeBps, uint16 expected);
    /// Above MAX_FEE_BPS.
    error FeeTooHigh(uint16 feeBps);
    /// Nobody has registered this node here.
    error UnknownNode(address nodeId);
    /// The channel needs ceilings, and nobody could sign them.
    error NoPayerSigner();
    /// Nothing was ever reserved, or the channel is closed and never paid anything.
    error ChannelNotOpen(bytes32 channelId);
    /// The channel is closing, or closed.
    error ChannelClosing(bytes32 channelId, uint40 closingAt);
    /// The payer has to announce a closing first.
    error ClosingNotRequested(bytes32 channelId);
    /// The authorization is somebody else's to use.
    error NotDelegate(address sender, address delegate);
    /// The authorization ended at `validUntil`, in Unix seconds.
    error AuthorizationExpired(uint40 validUntil);
    /// The payer has raised its epoch since, or not yet.
    error AuthorizationRevoked(uint64 epoch, uint64 expected);
    /// Beyond the cap of a channel or of all, in micro-USDC.
    error AuthorizationExceeded(uint256 wanted, uint256 allowed);
    /// The node agreed to a final sum that it has not been paid: redeem first.
    error NotPaidYet(uint128 paid, uint128 finalCumulative);

    /// @notice The EIP-712 digest of the terms: bound to this chain and this contract.
    function channelIdOf(Terms calldata terms) public view returns (bytes32) {
        return _hashTypedDataV4(Hashes.ofTerms(terms));
    }

    /// @notice Channels by id, in one call.
    function channelsOf(bytes32[] calldata ids) external view returns (ChannelState[] memory states) {
        states = new ChannelState[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            Channel storage channel = channels[ids[i]];
            states[i] = ChannelState(channel.reserved, channel.paid, closingAt[ids[i]]);
        }
    }

    /// @notice Opens or tops up a channel out of the sender's pool. Payer only. Stopped while paused. The first opening
    /// needs the contract's fee in the terms; reverts where the channel is closing or closed, or the pool too small.
    /// @param amount Micro-USDC to add to the reserve.
    function open(Terms calldata terms, uint128 amount) external whenNotPaused {
        _requirePayer(terms);
        _open(terms, channelIdOf(terms), amount);
    }

    /// @notice `open` that the payer's wallet signed and anyone may send.
    /// @param signature The payer's (EIP-1271 as well), over OpenChannel with the payer's `openNonce`.
    function openWithSignature(Terms calldata terms, uint128 amount, bytes calldata signature) external whenNotPaused {
        bytes32 id = channelIdOf(terms);
        bytes32 digest = _hashTypedDataV4(Hashes.ofOpening(id, amount, openNonce[terms.payer]++));
        _requireWalletSignature(terms.payer, digest, signature);
        _open(terms, id, amount);
    }

    /// @notice `open` by a delegate, within what the payer's wallet signed. The delegate chooses nodes and session keys, so
    /// `maxTotal` is what the payer may lose to a dishonest delegate.
    /// @param signature The payer's (EIP-1271 as well), over the authorization.
    function openDelegated(
        Terms calldata terms,
        uint128 amount,
        SpendAuthorization calldata authorization,
        bytes calldata signature
    ) external whenNotPaused {
        bytes32 id = channelIdOf(terms);
        _spend(terms, channels[id].reserved, amount, authorization, signature);
        _open(terms, id, amount);
    }

    /// @notice Ends all that the sender's wallet has signed to open channels: authorizations and signed openings not yet
    /// sent. What is reserved already stays.
    function revokeAuthorizations() external {
        emit AuthorizationsRevoked(msg.sender, ++spendEpoch[msg.sender], ++openNonce[msg.sender]);
    }

    /// @notice Announces the closing. Payer only. Receipts stay redeemable until `finishClose`.
    function requestClose(Terms calldata terms) external {
        _requirePayer(terms);
        bytes32 id = channelIdOf(terms);
        _requireOpened(id);
        if (closingAt[id] != 0) revert ChannelClosing(id, closingAt[id]);
        uint40 due = uint40(block.timestamp) + terms.withdrawDelay;
        closingAt[id] = due;
        emit CloseRequested(id, terms.nodeId, due);
    }

    /// @notice Gives the payer's pool what is left. Anyone, once the announced time has come. A delayed claim that is due is
    /// settled first; one that is not yet due makes this wait.
    function finishClose(Terms calldata terms) external {
        bytes32 id = channelIdOf(terms);
        uint40 due = closingAt[id];
        if (due == 0) revert ClosingNotRequested(id);
        if (block.timestamp < due) revert ChannelClosing(id, due);
        _beforeClose(terms, id);
        _close(terms, id);
    }

    /// @notice Closes at once, as the node agreed. Anyone with the node's signature; the money is the payer's either way.
    /// @param finalCumulative What the node says it has earned in all; it has to be paid already.
    /// @param nodeSignature The node's, over CloseChannel. It serves once: closing is final.
    function closeNow(Terms calldata terms, uint128 finalCumulative, Signature calldata nodeSignature) external {
        bytes32 id = channelIdOf(terms);
        _requireOpened(id);
        if (closingAt[id] == CLOSED) revert ChannelClosing(id, CLOSED);
        uint128 paid = channels[id].paid;
        if (paid < finalCumulative) revert NotPaidYet(paid, finalCumulative);
        address key = nodes[terms.nodeId].key;
        bytes32 digest = _hashTypedDataV4(Hashes.ofClosing(id, finalCumulative));
        if (!digest.isSigned(nodeSignature, key)) revert InvalidSignature(key);
        _beforeCloseNow(id);
        _close(terms, id);
    }

    /// @dev A claim that waits is settled or makes the closing wait.
    function _beforeClose(Terms calldata terms, bytes32 id) internal virtual;

    /// @dev The node said that nothing above what it was paid is owed: a claim that waits is dropped.
    function _beforeCloseNow(bytes32 id) internal virtual;

    /// @dev The cumulative fee's difference: paying in many parts rounds nothing away.
    function _feeOf(uint128 before, uint128 afterwards, uint16 bps) internal pure returns (uint128) {
        return uint128(uint256(afterwards) * bps / 10_000 - uint256(before) * bps / 10_000);
    }

    function _requireOpened(bytes32 id) internal view {
        if (channels[id].reserved == 0) revert ChannelNotOpen(id);
    }

    function _requirePayer(Terms calldata terms) private view {
        if (msg.sender != terms.payer) revert NotPayer(msg.sender, terms.payer);
    }

    function _open(Terms calldata terms, bytes32 id, uint128 amount) private {
        if (terms.need == 0 || terms.need > NEED_BOTH) revert InvalidNeed(terms.need);
        if (terms.need & NEED_PAYER != 0 && terms.payerSigner == address(0)) revert NoPayerSigner();
        if (terms.withdrawDelay < MIN_WITHDRAW_DELAY || terms.withdrawDelay > MAX_WITHDRAW_DELAY) {
            revert InvalidWithdrawDelay(terms.withdrawDelay);
        }
        if (nodes[terms.nodeId].operator == address(0)) revert UnknownNode(terms.nodeId);
        if (closingAt[id] != 0) revert ChannelClosing(id, closingAt[id]);
        Channel storage channel = channels[id];
        // A top-up keeps the fee that the channel was opened with.
        if (channel.reserved == 0 && terms.feeBps != feeBps) revert WrongFee(terms.feeBps, feeBps);
        _take(terms.payer, amount);
        channel.reserved += amount;
        emit Opened(id, terms.payer, terms.nodeId, amount, terms);
    }

    function _spend(
        Terms calldata terms,
        uint128 reserved,
        uint128 amount,
        SpendAuthorization calldata authorization,
        bytes calldata signature
    ) private {
        if (msg.sender != authorization.delegate) revert NotDelegate(msg.sender, authorization.delegate);
        if (authorization.payer != terms.payer) revert NotPayer(authorization.payer, terms.payer);
        if (block.timestamp > authorization.validUntil) revert AuthorizationExpired(authorization.validUntil);
        uint64 epoch = spendEpoch[terms.payer];
        if (authorization.epoch != epoch) revert AuthorizationRevoked(authorization.epoch, epoch);
        bytes32 digest = _hashTypedDataV4(Hashes.ofAuthorization(authorization));
        _requireWalletSignature(authorization.payer, digest, signature);
        _requireWithin(uint256(reserved) + amount, authorization.maxPerChannel);
        uint256 total = uint256(spent[digest]) + amount;
        _requireWithin(total, authorization.maxTotal);
        spent[digest] = uint128(total);
    }

    function _requireWithin(uint256 wanted, uint256 allowed) private pure {
        if (wanted > allowed) revert AuthorizationExceeded(wanted, allowed);
    }

    function _close(Terms calldata terms, bytes32 id) private {
        Channel storage channel = channels[id];
        uint128 rest = channel.reserved - channel.paid;
        // What was paid stays on record, so an old receipt never pays twice.
        channel.reserved = channel.paid;
        // For good: a kept CloseChannel signature must not close a channel that was topped up since.
        closingAt[id] = CLOSED;
        balanceOf[terms.payer] += rest;
        emit Closed(id, terms.payer, rest);
    }
}
