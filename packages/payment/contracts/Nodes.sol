// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Hashes} from "./Hashes.sol";
import {Signature} from "./Types.sol";

/// @title Nodes, their keys and where they are paid
/// @notice A node's hot key signs receipts and never decides where money goes: that is its operator's, with notice.
abstract contract Nodes is EIP712 {
    using Hashes for bytes32;

    struct Node {
        /// Signs receipts.
        address key;
        /// When `nextPayout` takes effect, in Unix seconds; zero before the first change.
        uint40 payoutAt;
        /// Sets the payout and rotates the key; never changes.
        address operator;
        address payout;
        address nextPayout;
    }

    /// @notice Between a change of the payout address and its effect.
    uint40 public constant PAYOUT_NOTICE = 2 days;

    /// @notice A node by its identity. Where it is paid now: `payoutOf`.
    mapping(address nodeId => Node) public nodes;
    /// @notice Which node a key is of, or was once: a key never comes back, nor serves two nodes.
    mapping(address key => address nodeId) public nodeOfKey;
    /// @notice The nonce of the next relayed change of a node's payout; every change raises it.
    mapping(address nodeId => uint256) public payoutNonce;

    /// @notice A node has joined, for good, under this operator.
    event NodeRegistered(address indexed nodeId, address indexed operator, address payout);
    /// @notice Receipts count with this key from now on, and with no other.
    event NodeKeyRotated(address indexed nodeId, address key);
    /// @notice The node is paid at `payout` from that second on, unless this is changed before.
    event PayoutChanged(address indexed nodeId, address payout, uint40 from);

    /// The key is a node's, or was.
    error KeyTaken(address key, address nodeId);
    /// What is asked is the operator's alone; the zero address operates nothing.
    error NotOperator(address sender, address operator);
    /// Nowhere, or this contract itself.
    error InvalidPayout(address payout);
    /// The message is not signed by who has to sign it.
    error InvalidSignature(address signer);
    /// In Unix seconds.
    error SignatureExpired(uint256 deadline);

    /// @notice Registers a node; the sender becomes its operator for good, the key's address its identity.
    /// @param keySignature The node key's, over RegisterNode with the sender as operator: nobody registers another's key.
    function registerNode(address nodeKey, address payout, Signature calldata keySignature) external {
        _register(nodeKey, msg.sender, payout, keySignature);
    }

    /// @notice `registerNode` for an operator that has no gas; anyone may send it.
    /// @param operatorSignature The operator's (EIP-1271 as well), over the same RegisterNode. A key registers once, so
    /// there is nothing to replay.
    function registerNodeFor(
        address nodeKey,
        address operator,
        address payout,
        Signature calldata keySignature,
        bytes calldata operatorSignature
    ) external {
        bytes32 digest = _hashTypedDataV4(Hashes.ofRegistration(nodeKey, operator, payout));
        _requireWalletSignature(operator, digest, operatorSignature);
        _register(nodeKey, operator, payout, keySignature);
    }

    /// @notice Gives a node another key, at once. Operator only. Receipts of the old key are worth nothing from here on:
    /// the new key signs the newest again.
    /// @param newKeySignature The new key's, over RotateNodeKey.
    function rotateNodeKey(address nodeId, address newKey, Signature calldata newKeySignature) external {
        _requireOperator(nodeId);
        _requireFreeKey(newKey);
        bytes32 digest = _hashTypedDataV4(Hashes.ofRotation(nodeId, newKey));
        if (!digest.isSigned(newKeySignature, newKey)) revert InvalidSignature(newKey);
        nodes[nodeId].key = newKey;
        nodeOfKey[newKey] = nodeId;
        emit NodeKeyRotated(nodeId, newKey);
    }

    /// @notice Pays a node elsewhere after PAYOUT_NOTICE. Operator only. A change that has not taken effect is replaced.
    function setPayout(address nodeId, address payout) external {
        _requireOperator(nodeId);
        _setPayout(nodeId, payout);
    }

    /// @notice `setPayout` for an operator that has no gas; anyone may send it until the deadline.
    /// @param operatorSignature The operator's (EIP-1271 as well), over SetPayout with the node's `payoutNonce`.
    function setPayoutFor(address nodeId, address payout, uint256 deadline, bytes calldata operatorSignature) external {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        bytes32 digest = _hashTypedDataV4(Hashes.ofPayout(nodeId, payout, payoutNonce[nodeId], deadline));
        _requireWalletSignature(nodes[nodeId].operator, digest, operatorSignature);
        _setPayout(nodeId, payout);
    }

    /// @notice Where a node is paid now; zero for an unknown node.
    function payoutOf(address nodeId) public view returns (address) {
        Node storage node = nodes[nodeId];
        return node.payoutAt != 0 && block.timestamp >= node.payoutAt ? node.nextPayout : node.payout;
    }

    function _register(address nodeKey, address operator, address payout, Signature calldata keySignature) private {
        _requireFreeKey(nodeKey);
        _requirePayout(payout);
        bytes32 digest = _hashTypedDataV4(Hashes.ofRegistration(nodeKey, operator, payout));
        if (!digest.isSigned(keySignature, nodeKey)) revert InvalidSignature(nodeKey);
        nodes[nodeKey] = Node(nodeKey, 0, operator, payout, address(0));
        nodeOfKey[nodeKey] = nodeKey;
        emit NodeRegistered(nodeKey, operator, payout);
    }

    function _setPayout(address nodeId, address payout) private {
        _requirePayout(payout);
        Node storage node = nodes[nodeId];
        node.payout = payoutOf(nodeId);
        node.nextPayout = payout;
        node.payoutAt = uint40(block.timestamp) + PAYOUT_NOTICE;
        ++payoutNonce[nodeId];
        emit PayoutChanged(nodeId, payout, node.payoutAt);
    }

    function _requireOperator(address nodeId) private view {
        address operator = nodes[nodeId].operator;
        if (msg.sender != operator) revert NotOperator(msg.sender, operator);
    }

    function _requireFreeKey(address key) private view {
        if (nodeOfKey[key] != address(0)) revert KeyTaken(key, nodeOfKey[key]);
    }

    /// @dev Money sent to this contract by itself would be nobody's.
    function _requirePayout(address payout) private view {
        if (payout == address(0) || payout == address(this)) revert InvalidPayout(payout);
    }

    /// @dev Wallets may be contracts (EIP-1271); session and node keys may not. A zero wallet signs nothing.
    function _requireWalletSignature(address wallet, bytes32 digest, bytes calldata signature) internal view {
        if (wallet == address(0) || !SignatureChecker.isValidSignatureNowCalldata(wallet, digest, signature)) {
            revert InvalidSignature(wallet);
        }
    }
}
