// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Hashes} from "../Hashes.sol";
import {Claim, NEED_BOTH, Signature, SpendAuthorization, Terms} from "../Types.sol";
import {Kit, vm} from "./Kit.sol";

/// @dev Random steps of two payers, two operators, three nodes, a delegate, the control plane and the owner, honest and not,
/// with real signatures. A model beside the contract says what every step has to do; a step that does otherwise reverts.
contract Walk is Kit {
    struct Model {
        uint128 reserved;
        uint128 paid;
        /// The most that each of the three has signed for.
        uint128 nodeSigned;
        uint128 countersigned;
        uint128 ceiling;
        /// The most that a delayed claim was allowed to take.
        uint128 delayed;
        bool closed;
    }

    enum Did {
        Redeemed,
        Capped,
        Refused,
        Replayed,
        Closed,
        ClosedAtOnce,
        Delayed,
        Contested,
        Dropped,
        Collected,
        Delegated,
        ToppedUp,
        Rotated,
        Moved,
        PlaneChanged
    }

    uint256 private constant STRANGER = 0xBAD;
    address private constant DELEGATE = address(0xDE);
    uint128 public constant ALLOWANCE = 1e9;
    uint64 private constant SEQ = 7;
    uint256 private constant CHANNELS = 40;

    uint256[2] private payerKeys = [uint256(0xA1), 0xA2];
    uint256[2] private sessionKeys = [uint256(0xA11), 0xA12];
    address[2] private operators = [address(0x0B1), address(0x0B2)];
    address[3] public nodeIds;
    uint256[3] private nodeKeys = [uint256(0xE0), 0xE1, 0xE2];
    uint256 private planeKey = PLANE;
    uint256 private freshKey = 0x10000;
    uint160 private freshPayout = 0xCA0000;

    Terms[] private list;
    Claim[] private kept;
    address[] private payouts;
    mapping(bytes32 id => Model) public models;
    mapping(Did => uint256) public done;
    uint256 public deposited;
    uint256 public withdrawn;
    bytes32[2] public authorizations;

    constructor() {
        deploy();
        for (uint256 i; i < 3; ++i) {
            nodeIds[i] = vm.addr(nodeKeys[i]);
            address payout = address(++freshPayout);
            payouts.push(payout);
            register(nodeKeys[i], operators[i % 2], payout);
        }
        for (uint256 i; i < 2; ++i) {
            fund(vm.addr(payerKeys[i]), 1e12);
            deposited += 1e12;
        }
    }

    // What the invariants read.

    function count() external view returns (uint256) {
        return list.length;
    }

    function termsAt(uint256 i) external view returns (Terms memory) {
        return list[i];
    }

    function payer(uint256 i) public view returns (address) {
        return vm.addr(payerKeys[i]);
    }

    function paidOut() external view returns (uint256 sum) {
        for (uint256 i; i < payouts.length; ++i) sum += usd.balanceOf(payouts[i]);
    }

    // Money in and out of the pools.

    function deposit(uint256 p, uint64 amount) external {
        usd.mint(address(this), uint256(amount) + 1);
        usd.approve(address(escrow), uint256(amount) + 1);
        escrow.depositFor(payer(p % 2), uint256(amount) + 1);
        deposited += uint256(amount) + 1;
    }

    function withdraw(uint256 p, uint256 amount) external {
        address who = payer(p % 2);
        uint256 pool = escrow.balanceOf(who);
        if (pool == 0) return;
        amount = 1 + amount % least(pool, 1e9);
        vm.prank(who);
        escrow.withdraw(amount);
        withdrawn += amount;
    }

    // Channels.

    function open(uint256 p, uint256 n, uint8 need, uint32 amount) external {
        if (list.length >= CHANNELS) return;
        Terms memory terms = freshTerms(p % 2, n % 3, 1 + need % 3);
        reserve(terms, uint128(amount) + 1);
        list.push(terms);
    }

    function topUp(uint256 i, uint32 amount) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        if (!found || escrow.closingAt(id) != 0) return;
        reserve(terms, uint128(amount) + 1);
        ++done[Did.ToppedUp];
    }

    function openSigned(uint256 p, uint256 n, uint32 amount) external {
        if (list.length >= CHANNELS) return;
        p = p % 2;
        Terms memory terms = freshTerms(p, n % 3, 3);
        bytes32 id = escrow.channelIdOf(terms);
        uint256 nonce = escrow.openNonce(terms.payer);
        bytes32 hash = digest(keccak256(abi.encode(Hashes.OPEN_CHANNEL, id, uint128(amount) + 1, nonce)));
        if (escrow.balanceOf(terms.payer) < uint256(amount) + 1) return;
        escrow.openWithSignature(terms, uint128(amount) + 1, packed(payerKeys[p], hash));
        models[id].reserved += uint128(amount) + 1;
        list.push(terms);
    }

    function openDelegated(uint256 p, uint256 n, uint32 amount) external {
        if (list.length >= CHANNELS) return;
        p = p % 2;
        Terms memory terms = freshTerms(p, n % 3, 2);
        (SpendAuthorization memory a, bytes memory signature, bytes32 hash) =
            authorization(payerKeys[p], DELEGATE, ALLOWANCE, ALLOWANCE / 2, 0);
        authorizations[p] = hash;
        uint128 value = uint128(amount) + 1;
        bool within = escrow.spent(hash) + value <= ALLOWANCE && value <= ALLOWANCE / 2
            && escrow.balanceOf(terms.payer) >= value;
        vm.prank(DELEGATE);
        try escrow.openDelegated(terms, value, a, signature) {
            require(within, "delegate beyond its caps");
            models[escrow.channelIdOf(terms)].reserved += value;
            list.push(terms);
            ++done[Did.Delegated];
        } catch {
            require(!within, "delegate refused within its caps");
        }
    }

    function requestClose(uint256 i) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        if (!found || escrow.closingAt(id) != 0) return;
        vm.prank(terms.payer);
        escrow.requestClose(terms);
    }

    function finishClose(uint256 i) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        uint40 closing = escrow.closingAt(id);
        if (!found || closing == 0 || models[id].closed) return;
        (,, uint40 claimDue,) = escrow.delayedClaims(id);
        uint256 ready = claimDue > closing ? claimDue : closing;
        if (block.timestamp < ready) vm.warp(ready);
        settleInModel(id);
        uint256 pool = escrow.balanceOf(terms.payer);
        escrow.finishClose(terms);
        closed(id, escrow.balanceOf(terms.payer) - pool);
        ++done[Did.Closed];
    }

    function closeNow(uint256 i, uint256 n) external {
        // Rarely: it would leave nothing to walk on.
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        if (!found || models[id].closed || n % 4 != 0) return;
        uint128 paid = models[id].paid;
        bytes32 hash = digest(keccak256(abi.encode(Hashes.CLOSE_CHANNEL, id, paid)));
        (,, uint40 claimDue,) = escrow.delayedClaims(id);
        uint256 pool = escrow.balanceOf(terms.payer);
        escrow.closeNow(terms, paid, compact(keyOf(terms.nodeId), hash));
        closed(id, escrow.balanceOf(terms.payer) - pool);
        ++done[claimDue == 0 ? Did.ClosedAtOnce : Did.Dropped];
    }

    /// @dev `flaws`: which of the three did not sign (mostly all did: bad receipts alone show little), and whether the
    /// contract is paused meanwhile.
    function redeem(uint256 i, uint32 cumulative, uint32 ceiling, uint8 flaws) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        if (!found) return;
        Claim memory c = flawedClaim(terms, cumulative, ceiling, flaws & 15);
        uint256 gross = due(terms, models[id], cumulative, ceiling, flaws & 15);
        uint256 net = netOf(models[id].paid, gross, terms.feeBps);
        if (flaws & 16 != 0) escrow.pause();
        equal(redeem(escrow.payoutOf(terms.nodeId), c), net, "redeemed otherwise than the model");
        if (flaws & 16 != 0) escrow.unpause();
        models[id].paid += uint128(gross);
        ++done[gross == 0 ? Did.Refused : models[id].paid < cumulative ? Did.Capped : Did.Redeemed];
        if (kept.length < 40) kept.push(c);
    }

    function flawedClaim(Terms memory terms, uint32 cumulative, uint32 ceiling, uint8 flaw)
        private
        view
        returns (Claim memory)
    {
        return claimOf(
            terms,
            SEQ,
            cumulative,
            ceiling,
            flaw == 1 ? STRANGER : keyOf(terms.nodeId),
            flaw == 2 ? STRANGER : planeKey,
            flaw == 3 ? STRANGER : sessionOf(terms.payer)
        );
    }

    /// @dev What the model says that such a claim pays, the fee included; notes who signed for how much.
    function due(Terms memory terms, Model storage m, uint32 cumulative, uint32 ceiling, uint8 flaw)
        private
        returns (uint256)
    {
        if (flaw != 1 && cumulative > m.nodeSigned) m.nodeSigned = cumulative;
        if (flaw != 1 && flaw != 2 && cumulative > m.countersigned) m.countersigned = cumulative;
        if (flaw != 3 && ceiling > m.ceiling) m.ceiling = ceiling;
        if (flaw == 1 || (flaw == 2 && terms.need & 2 != 0) || (flaw == 3 && terms.need & 1 != 0)) return 0;
        uint256 upTo = least(cumulative, m.reserved);
        if (terms.need & 1 != 0) upTo = least(upTo, ceiling);
        return upTo > m.paid ? upTo - m.paid : 0;
    }

    function netOf(uint256 paid, uint256 gross, uint256 bps) private pure returns (uint256) {
        return gross - ((paid + gross) * bps / 10_000 - paid * bps / 10_000);
    }

    /// @dev Everything ever sent, again and twice in a batch: it pays at most what a cap had kept back.
    function replay(uint256 k) external {
        if (kept.length == 0) return;
        Claim memory c = kept[k % kept.length];
        Claim[] memory claims = new Claim[](2);
        (claims[0], claims[1]) = (c, c);
        bytes32 id = escrow.channelIdOf(c.terms);
        escrow.redeem(escrow.payoutOf(c.terms.nodeId), claims);
        (, uint128 paid) = escrow.channels(id);
        Model storage m = models[id];
        require(paid == m.paid || (paid > m.paid && paid <= c.cumulative && paid <= m.reserved), "a replay paid");
        m.paid = paid;
        ++done[Did.Replayed];
    }

    // Delayed claims.

    function requestClaim(uint256 i, uint32 cumulative, uint32 ceiling) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        if (!found || terms.need != NEED_BOTH || block.timestamp >= closingOrNever(id)) return;
        Model storage m = models[id];
        (,, uint40 dueAt, bool contested) = escrow.delayedClaims(id);
        if (dueAt != 0 || contested || least(least(cumulative, ceiling), m.reserved) <= m.paid) return;
        escrow.requestClaim(delayed(flawedClaim(terms, cumulative, ceiling, 2), keyOf(terms.nodeId)));
        if (cumulative > m.nodeSigned) m.nodeSigned = cumulative;
        if (ceiling > m.ceiling) m.ceiling = ceiling;
    }

    function answerClaim(uint256 i, uint32 admitted) external {
        (bool found,, bytes32 id) = pick(i);
        (uint128 amount, uint64 seq, uint40 dueAt,) = escrow.delayedClaims(id);
        if (!found || dueAt == 0) return;
        escrow.answerClaim(id, seq, admitted, answerOf(id, seq, admitted, planeKey));
        (uint128 lowered,,, bool contested) = escrow.delayedClaims(id);
        equal(lowered, least(amount, admitted), "admitted otherwise than the model");
        if (contested) ++done[Did.Contested];
    }

    function settleClaim(uint256 i) external {
        (bool found, Terms memory terms, bytes32 id) = pick(i);
        (,, uint40 dueAt,) = escrow.delayedClaims(id);
        if (!found || dueAt == 0) return;
        if (block.timestamp < dueAt) vm.warp(dueAt);
        settleInModel(id);
        escrow.settleClaim(terms);
        (, uint128 paid) = escrow.channels(id);
        equal(paid, models[id].paid, "settled otherwise than the model");
    }

    function collect(uint256 n) external {
        address node = nodeIds[n % 3];
        if (escrow.earnings(node) == 0) return;
        escrow.collect(node);
        ++done[Did.Collected];
    }

    // Nodes, the owner, time.

    function rotate(uint256 n) external {
        n = n % 3;
        uint256 key = ++freshKey;
        bytes32 hash = digest(keccak256(abi.encode(Hashes.ROTATE_NODE_KEY, nodeIds[n], vm.addr(key))));
        vm.prank(operators[n % 2]);
        escrow.rotateNodeKey(nodeIds[n], vm.addr(key), compact(key, hash));
        nodeKeys[n] = key;
        ++done[Did.Rotated];
    }

    function setPayout(uint256 n) external {
        n = n % 3;
        address payout = address(++freshPayout);
        payouts.push(payout);
        vm.prank(operators[n % 2]);
        escrow.setPayout(nodeIds[n], payout);
        ++done[Did.Moved];
    }

    function changePlaneKey() external {
        uint256 next = ++freshKey;
        escrow.addControlPlaneKey(vm.addr(next));
        vm.warp(block.timestamp + escrow.KEY_NOTICE());
        escrow.revokeControlPlaneKey(vm.addr(planeKey));
        vm.warp(block.timestamp + escrow.KEY_GRACE() + 1);
        require(!escrow.isControlPlaneKey(vm.addr(planeKey)), "a revoked key is valid");
        planeKey = next;
        ++done[Did.PlaneChanged];
    }

    function setFee(uint16 bps) external {
        escrow.setFee(bps % 3_001);
    }

    function withdrawFees() external {
        if (escrow.fees() != 0) escrow.withdrawFees();
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 3 days);
    }

    function freshTerms(uint256 p, uint256 n, uint8 need) private view returns (Terms memory) {
        return Terms(
            vm.addr(payerKeys[p]),
            vm.addr(sessionKeys[p]),
            nodeIds[n],
            escrow.feeBps(),
            need,
            1 days,
            bytes32(list.length)
        );
    }

    function reserve(Terms memory terms, uint128 amount) private {
        uint256 pool = escrow.balanceOf(terms.payer);
        if (pool < amount) {
            usd.mint(address(this), amount);
            usd.approve(address(escrow), amount);
            escrow.depositFor(terms.payer, amount);
            deposited += amount;
        }
        vm.prank(terms.payer);
        escrow.open(terms, amount);
        models[escrow.channelIdOf(terms)].reserved += amount;
    }

    function pick(uint256 i) private view returns (bool, Terms memory terms, bytes32 id) {
        if (list.length == 0) return (false, terms, id);
        terms = list[i % list.length];
        return (true, terms, escrow.channelIdOf(terms));
    }

    function closingOrNever(bytes32 id) private view returns (uint256) {
        uint40 closing = escrow.closingAt(id);
        return closing == 0 ? type(uint256).max : models[id].closed ? 0 : closing;
    }

    function closed(bytes32 id, uint256 refunded) private {
        Model storage m = models[id];
        equal(refunded, m.reserved - m.paid, "refunded otherwise than the model");
        m.reserved = m.paid;
        m.closed = true;
    }

    function settleInModel(bytes32 id) private {
        (uint128 amount,, uint40 dueAt,) = escrow.delayedClaims(id);
        if (dueAt == 0) return;
        Model storage m = models[id];
        uint128 upTo = uint128(least(amount, m.reserved));
        if (upTo <= m.paid) return;
        m.paid = upTo;
        m.delayed = upTo;
        ++done[Did.Delayed];
    }

    function keyOf(address node) private view returns (uint256) {
        for (uint256 n; n < 3; ++n) if (nodeIds[n] == node) return nodeKeys[n];
        revert("unknown node");
    }

    function sessionOf(address who) private view returns (uint256) {
        return who == vm.addr(payerKeys[0]) ? sessionKeys[0] : sessionKeys[1];
    }
}
