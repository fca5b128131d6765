/** Why the contract paid nothing for a claim of a batch, and what is to be done about it. */

/** In the order of the contract's enumeration, of which 0 is "it was paid". */
export const skips = [
  "NotOpen",
  "Closed",
  "NothingNew",
  "ReserveSpent",
  "CeilingSpent",
  "OtherPayout",
  "NodeSignature",
  "ControlPlaneSignature",
  "PayerSignature"
] as const
export type Skip = (typeof skips)[number]

/** `undefined` for 0, and for numbers that a later contract may have. */
export const skipOf = (reason: number): Skip | undefined => skips[reason - 1]

/** Completes "channel 0x… was not paid: …". */
export const skipSentences: Readonly<Record<Skip, string>> = {
  NotOpen: "its payer has not opened it on chain yet. Nothing is lost: try again when it has",
  Closed: "it is closed for good. What its receipts came to after that can only be asked of the payer",
  NothingNew: "all of its receipts are paid",
  ReserveSpent: "its payer has reserved no more money for it. Nothing is lost: try again after a top-up",
  CeilingSpent: "its payer has signed no higher ceiling yet. Nothing is lost: try again when one has come",
  OtherPayout: "the node is paid at another address since a moment ago. Try again",
  NodeSignature: "its receipt is not signed by the key that the chain has for this node: see `infernet payout --help`",
  ControlPlaneSignature:
    "its receipt is countersigned by a key that the escrow does not take now. Ask the network's administrator",
  PayerSignature: "its ceiling is not signed by the payer's session key. Ask the network's administrator"
}
