/** Mistakes that somebody could make in the contract: each takes away one thing that it relies on. */

export interface Mutation {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

const escrow = "CprEscrow.sol"
const channels = "Channels.sol"
const claims = "DelayedClaims.sol"

export const mutations: ReadonlyArray<Mutation> = [
  {
    name: "no check that a receipt is newer than what was paid",
    file: escrow,
    find: "if (upTo > paid) return (Skip.None, upTo);",
    replace: "if (upTo != 0) return (Skip.None, upTo);"
  },
  {
    name: "no cap by the reserve",
    file: escrow,
    find: "if (upTo > reserved) upTo = reserved;",
    replace: ""
  },
  {
    name: "no cap by the ceiling",
    file: escrow,
    find: "if (claim.terms.need & NEED_PAYER != 0 && upTo > claim.ceiling) upTo = claim.ceiling;",
    replace: ""
  },
  {
    name: "the fee of each payment by itself, not of the sum",
    file: channels,
    find: "uint256(afterwards) * bps / 10_000 - uint256(before) * bps / 10_000",
    replace: "uint256(afterwards - before) * bps / 10_000"
  },
  {
    name: "the node's signature is not looked at",
    file: escrow,
    find: "if (!receipt.isSigned(claim.nodeSignature, nodes[terms.nodeId].key)) return Skip.NodeSignature;",
    replace: ""
  },
  {
    name: "the control plane's signature is not looked at",
    file: escrow,
    find: "if (terms.need & NEED_CONTROL_PLANE != 0) {",
    replace: "if (terms.need == 0) {"
  },
  {
    name: "the payer's signature is not looked at",
    file: escrow,
    find: "if (!voucher.isSigned(claim.payerSignature, terms.payerSigner)) return Skip.PayerSignature;",
    replace: "voucher;"
  },
  {
    name: "a batch is paid where its sender says",
    file: escrow,
    find: "payoutOf(terms.nodeId) != payout",
    replace: "payoutOf(terms.nodeId) == address(0)"
  },
  {
    name: "a closing needs no notice",
    file: channels,
    find: "if (block.timestamp < due) revert ChannelClosing(id, due);",
    replace: ""
  },
  {
    name: "a closed channel may be opened again",
    file: channels,
    find: "closingAt[id] = CLOSED;",
    replace: "closingAt[id] = 0;"
  },
  {
    name: "a closing forgets what was paid",
    file: channels,
    find: "channel.reserved = channel.paid;",
    replace: "channel.reserved = channel.paid = 0;"
  },
  {
    name: "a delegate's total is not counted",
    file: channels,
    find: "spent[digest] = uint128(total);",
    replace: ""
  },
  {
    name: "a delayed claim needs no notice",
    file: claims,
    find: "if (block.timestamp < claim.dueAt) revert ClaimPending(id, claim.dueAt);",
    replace: ""
  },
  {
    name: "a delayed claim is paid beside what was paid since",
    file: claims,
    find: "uint128 was = channel.paid;",
    replace: "uint128 was = 0;"
  },
  {
    name: "anyone answers for the control plane",
    file: claims,
    find: "if (!isControlPlaneKey(signer)) revert NotControlPlaneKey(signer);",
    replace: "signer;"
  },
  {
    name: "a contested channel takes delayed claims again",
    file: claims,
    find: "if (claim.contested) revert ClaimContested(id);",
    replace: ""
  },
  {
    name: "a node may claim after a closing is due",
    file: claims,
    find: "if (closing == CLOSED || (closing != 0 && block.timestamp >= closing)) revert ChannelClosing(id, closing);",
    replace: "closing;"
  },
  {
    name: "revoking makes an unknown key valid for a day",
    file: "ControlPlaneKeys.sol",
    find: "if (validity.until != FOREVER) revert KeyNotInUse(key);",
    replace: ""
  },
  {
    name: "a payout changes at once",
    file: "Nodes.sol",
    find: "node.payoutAt = uint40(block.timestamp) + PAYOUT_NOTICE;",
    replace: "node.payoutAt = uint40(block.timestamp);"
  },
  {
    name: "a relayed change of the payout may be sent again",
    file: "Nodes.sol",
    find: "++payoutNonce[nodeId];",
    replace: ""
  },
  {
    name: "what arrives of a deposit is not counted",
    file: "Pool.sol",
    find: "if (received != amount) revert WrongAmountReceived(amount, received);",
    replace: "received;"
  }
]
