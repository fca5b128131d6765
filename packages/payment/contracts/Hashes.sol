// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Claim, Signature, SpendAuthorization, Terms} from "./Types.sol";

/// @title The EIP-712 types of Infernet CPR
/// @notice Struct hashes, before the domain. Every signed message has its own type, so none can stand for another.
library Hashes {
    bytes32 internal constant TERMS = keccak256(
        "Terms(address payer,address payerSigner,address nodeId,uint16 feeBps,uint8 need,uint40 withdrawDelay,bytes32 salt)"
    );
    /// @dev A receipt carries the job's usage as its hash: the type names it in full, so wallets can show it.
    bytes32 internal constant COMPUTE_RECEIPT = keccak256(
        "ComputeReceipt(bytes32 channelId,uint64 seq,uint128 cumulativeAmount,JobUsage usage)"
        "JobUsage(bytes32 job,bytes32 attempt,bytes32 previous,bytes32 modelHash,bytes32 requestHash,bytes32 responseHash,"
        "uint64 promptTokens,uint64 completionTokens,uint64 inputPrice,uint64 outputPrice,uint128 amount,"
        "uint64 startedAt,uint64 finishedAt)"
    );
    bytes32 internal constant SPEND_VOUCHER = keccak256("SpendVoucher(bytes32 channelId,uint128 maxCumulative)");
    bytes32 internal constant OPEN_CHANNEL = keccak256("OpenChannel(bytes32 channelId,uint128 amount,uint256 nonce)");
    bytes32 internal constant SPEND_AUTHORIZATION = keccak256(
        "SpendAuthorization(address payer,address delegate,uint128 maxTotal,uint128 maxPerChannel,uint40 validUntil,uint64 epoch)"
    );
    bytes32 internal constant CLOSE_CHANNEL = keccak256("CloseChannel(bytes32 channelId,uint128 finalCumulative)");
    bytes32 internal constant DELAYED_CLAIM = keccak256("DelayedClaim(bytes32 receipt)");
    bytes32 internal constant CLAIM_ANSWER = keccak256("ClaimAnswer(bytes32 channelId,uint64 seq,uint128 admitted)");
    bytes32 internal constant REGISTER_NODE = keccak256("RegisterNode(address nodeKey,address operator,address payout)");
    bytes32 internal constant ROTATE_NODE_KEY = keccak256("RotateNodeKey(address nodeId,address newKey)");
    bytes32 internal constant SET_PAYOUT =
        keccak256("SetPayout(address nodeId,address payout,uint256 nonce,uint256 deadline)");

    function ofTerms(Terms calldata t) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(TERMS, t.payer, t.payerSigner, t.nodeId, t.feeBps, t.need, t.withdrawDelay, t.salt)
        );
    }

    function ofReceipt(bytes32 channelId, Claim calldata claim) internal pure returns (bytes32) {
        return keccak256(abi.encode(COMPUTE_RECEIPT, channelId, claim.seq, claim.cumulative, claim.usageHash));
    }

    function ofVoucher(bytes32 channelId, uint128 maxCumulative) internal pure returns (bytes32) {
        return keccak256(abi.encode(SPEND_VOUCHER, channelId, maxCumulative));
    }

    function ofOpening(bytes32 channelId, uint128 amount, uint256 nonce) internal pure returns (bytes32) {
        return keccak256(abi.encode(OPEN_CHANNEL, channelId, amount, nonce));
    }

    function ofAuthorization(SpendAuthorization calldata a) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(SPEND_AUTHORIZATION, a.payer, a.delegate, a.maxTotal, a.maxPerChannel, a.validUntil, a.epoch)
        );
    }

    function ofClosing(bytes32 channelId, uint128 finalCumulative) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLOSE_CHANNEL, channelId, finalCumulative));
    }

    /// @param receipt The digest of the ComputeReceipt that is claimed: all its fields are signed again.
    function ofDelayedClaim(bytes32 receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(DELAYED_CLAIM, receipt));
    }

    function ofAnswer(bytes32 channelId, uint64 seq, uint128 admitted) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLAIM_ANSWER, channelId, seq, admitted));
    }

    function ofRegistration(address nodeKey, address operator, address payout) internal pure returns (bytes32) {
        return keccak256(abi.encode(REGISTER_NODE, nodeKey, operator, payout));
    }

    function ofRotation(address nodeId, address newKey) internal pure returns (bytes32) {
        return keccak256(abi.encode(ROTATE_NODE_KEY, nodeId, newKey));
    }

    function ofPayout(address nodeId, address payout, uint256 nonce, uint256 deadline) internal pure returns (bytes32) {
        return keccak256(abi.encode(SET_PAYOUT, nodeId, payout, nonce, deadline));
    }

    /// @return The signer of a digest, or zero where the signature is malformed or its `s` is high.
    function signerOf(bytes32 digest, Signature calldata signature) internal pure returns (address) {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(digest, signature.r, signature.vs);
        return problem == ECDSA.RecoverError.NoError ? signer : address(0);
    }

    /// @dev Nobody's signature is zero's: an unset key matches nothing.
    function isSigned(bytes32 digest, Signature calldata signature, address signer) internal pure returns (bool) {
        return signer != address(0) && signerOf(digest, signature) == signer;
    }
}
