// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Who must sign besides the node: the payer's session key (a ceiling), the control plane (the receipt), or both.
uint8 constant NEED_PAYER = 1;
uint8 constant NEED_CONTROL_PLANE = 2;
uint8 constant NEED_BOTH = NEED_PAYER | NEED_CONTROL_PLANE;

/// @notice What a channel is, for its whole life. Its EIP-712 digest is the channel's id, so terms travel in calldata
/// and are never stored.
struct Terms {
    /// Whose escrow pays; gets back what is left.
    address payer;
    /// The payer's session key: signs ceilings, nothing else. May be zero where `need` has no NEED_PAYER.
    address payerSigner;
    /// The node's identity: the address of the key that it was registered with.
    address nodeId;
    /// The platform's share in ten-thousandths, the contract's own at the first opening.
    uint16 feeBps;
    /// NEED_PAYER, NEED_CONTROL_PLANE or both.
    uint8 need;
    /// Seconds between the payer's request to close and the closing.
    uint40 withdrawDelay;
    /// Tells channels of the same two parties apart.
    bytes32 salt;
}

/// @notice An ECDSA signature of 64 bytes (EIP-2098). High `s` is refused.
struct Signature {
    bytes32 r;
    bytes32 vs;
}

/// @notice The newest receipt of a channel. Amounts are micro-USDC since the channel's beginning.
struct Claim {
    Terms terms;
    /// How many bills the channel has had.
    uint64 seq;
    /// What the node has earned: signed by the node and, where `need` says so, by the control plane.
    uint128 cumulative;
    /// What the payer's session key allowed before the work; ignored where `need` has no NEED_PAYER.
    uint128 ceiling;
    /// hashStruct(JobUsage) of the newest job.
    bytes32 usageHash;
    /// The node's, over ComputeReceipt to redeem, over DelayedClaim to request a delayed claim.
    Signature nodeSignature;
    /// The control plane's, over ComputeReceipt; ignored where `need` has no NEED_CONTROL_PLANE.
    Signature controlPlaneSignature;
    /// The session key's, over SpendVoucher; ignored where `need` has no NEED_PAYER.
    Signature payerSignature;
}

/// @notice What a payer's wallet lets a delegate open channels with.
struct SpendAuthorization {
    address payer;
    address delegate;
    /// Micro-USDC over all channels opened with it.
    uint128 maxTotal;
    /// Micro-USDC that any one channel may have been given.
    uint128 maxPerChannel;
    /// Unix seconds, inclusive.
    uint40 validUntil;
    /// The payer's `spendEpoch`; raising that ends it.
    uint64 epoch;
}

/// @notice An EIP-3009 authorization of a deposit, as the token's `receiveWithAuthorization` takes it.
struct Authorization {
    uint256 validAfter;
    uint256 validBefore;
    bytes32 nonce;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

/// @notice Why a claim of a batch was not paid. A skipped claim changes nothing and may be sent again.
enum Skip {
    /// It was paid.
    None,
    /// Nothing was ever reserved for these terms.
    NotOpen,
    /// The channel is closed for good.
    Closed,
    /// The receipt asks for no more than was paid.
    NothingNew,
    /// The reserve is paid out; a top-up would make more payable.
    ReserveSpent,
    /// The ceiling is paid out; a higher one would make more payable.
    CeilingSpent,
    /// The node is paid at another address than the batch.
    OtherPayout,
    /// Not signed by the node's present key.
    NodeSignature,
    /// Not signed by a control plane key that is valid now.
    ControlPlaneSignature,
    /// The ceiling is not signed by the payer's session key.
    PayerSignature
}
