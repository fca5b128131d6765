/**
 * The escrow that pays out receipts, compiled. UNAUDITED: see docs/security/contract.md.
 *
 * Made by `bun run contracts`; not to be edited.
 */
export const CprEscrow = {
  solc: "0.8.37+commit.f401782d.Emscripten.clang",
  settingsHash: "2deae4af094e638387f9b2eef1a93b36867f97867c30d11f57da4a5536eac067",
  sourcesHash: "79709356a6d3e296c94509c5c82d4f97a5dc2fca71daee54966d72098ecac3b6",
  abi: [
    {
      inputs: [
        {
          internalType: "contract IERC20",
          name: "token_",
          type: "address"
        },
        {
          internalType: "address",
          name: "owner_",
          type: "address"
        },
        {
          internalType: "address",
          name: "treasury_",
          type: "address"
        },
        {
          internalType: "address",
          name: "controlPlaneKey",
          type: "address"
        },
        {
          internalType: "uint16",
          name: "feeBps_",
          type: "uint16"
        }
      ],
      stateMutability: "nonpayable",
      type: "constructor"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "wanted",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "allowed",
          type: "uint256"
        }
      ],
      name: "AuthorizationExceeded",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint40",
          name: "validUntil",
          type: "uint40"
        }
      ],
      name: "AuthorizationExpired",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint64",
          name: "epoch",
          type: "uint64"
        },
        {
          internalType: "uint64",
          name: "expected",
          type: "uint64"
        }
      ],
      name: "AuthorizationRevoked",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          internalType: "uint40",
          name: "closingAt",
          type: "uint40"
        }
      ],
      name: "ChannelClosing",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "ChannelNotOpen",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "ClaimContested",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint8",
          name: "need",
          type: "uint8"
        }
      ],
      name: "ClaimNotDelayable",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          internalType: "uint40",
          name: "dueAt",
          type: "uint40"
        }
      ],
      name: "ClaimPending",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "ClosingNotRequested",
      type: "error"
    },
    {
      inputs: [],
      name: "EnforcedPause",
      type: "error"
    },
    {
      inputs: [],
      name: "ExpectedPause",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint16",
          name: "feeBps",
          type: "uint16"
        }
      ],
      name: "FeeTooHigh",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint8",
          name: "need",
          type: "uint8"
        }
      ],
      name: "InvalidNeed",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payout",
          type: "address"
        }
      ],
      name: "InvalidPayout",
      type: "error"
    },
    {
      inputs: [],
      name: "InvalidShortString",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "signer",
          type: "address"
        }
      ],
      name: "InvalidSignature",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint40",
          name: "withdrawDelay",
          type: "uint40"
        }
      ],
      name: "InvalidWithdrawDelay",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "KeyInUse",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "KeyNotInUse",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        },
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "KeyTaken",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "NoClaim",
      type: "error"
    },
    {
      inputs: [],
      name: "NoClaims",
      type: "error"
    },
    {
      inputs: [],
      name: "NoPayer",
      type: "error"
    },
    {
      inputs: [],
      name: "NoPayerSigner",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "signer",
          type: "address"
        }
      ],
      name: "NotControlPlaneKey",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "sender",
          type: "address"
        },
        {
          internalType: "address",
          name: "delegate",
          type: "address"
        }
      ],
      name: "NotDelegate",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "sender",
          type: "address"
        },
        {
          internalType: "address",
          name: "operator",
          type: "address"
        }
      ],
      name: "NotOperator",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint128",
          name: "paid",
          type: "uint128"
        },
        {
          internalType: "uint128",
          name: "finalCumulative",
          type: "uint128"
        }
      ],
      name: "NotPaidYet",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "sender",
          type: "address"
        },
        {
          internalType: "address",
          name: "payer",
          type: "address"
        }
      ],
      name: "NotPayer",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "NothingEarned",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint128",
          name: "payableNow",
          type: "uint128"
        },
        {
          internalType: "uint128",
          name: "paid",
          type: "uint128"
        }
      ],
      name: "NothingToClaim",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "owner",
          type: "address"
        }
      ],
      name: "OwnableInvalidOwner",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "account",
          type: "address"
        }
      ],
      name: "OwnableUnauthorizedAccount",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "pool",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "wanted",
          type: "uint256"
        }
      ],
      name: "PoolTooSmall",
      type: "error"
    },
    {
      inputs: [],
      name: "ReentrancyGuardReentrantCall",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "token",
          type: "address"
        }
      ],
      name: "SafeERC20FailedOperation",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "deadline",
          type: "uint256"
        }
      ],
      name: "SignatureExpired",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "string",
          name: "str",
          type: "string"
        }
      ],
      name: "StringTooLong",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "UnknownNode",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "expected",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "received",
          type: "uint256"
        }
      ],
      name: "WrongAmountReceived",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint16",
          name: "feeBps",
          type: "uint16"
        },
        {
          internalType: "uint16",
          name: "expected",
          type: "uint16"
        }
      ],
      name: "WrongFee",
      type: "error"
    },
    {
      inputs: [],
      name: "ZeroAddress",
      type: "error"
    },
    {
      inputs: [],
      name: "ZeroAmount",
      type: "error"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "epoch",
          type: "uint64"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "openNonce",
          type: "uint256"
        }
      ],
      name: "AuthorizationsRevoked",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "admitted",
          type: "uint128"
        }
      ],
      name: "ClaimAnswered",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        }
      ],
      name: "ClaimDropped",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint40",
          name: "dueAt",
          type: "uint40"
        }
      ],
      name: "ClaimRequested",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "paid",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "net",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "fee",
          type: "uint128"
        }
      ],
      name: "ClaimSettled",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint40",
          name: "closingAt",
          type: "uint40"
        }
      ],
      name: "CloseRequested",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "refunded",
          type: "uint128"
        }
      ],
      name: "Closed",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "Collected",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "key",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint40",
          name: "from",
          type: "uint40"
        },
        {
          indexed: false,
          internalType: "uint40",
          name: "until",
          type: "uint40"
        }
      ],
      name: "ControlPlaneKeyChanged",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "from",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "Deposited",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [],
      name: "EIP712DomainChanged",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: false,
          internalType: "uint16",
          name: "feeBps",
          type: "uint16"
        }
      ],
      name: "FeeChanged",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "treasury",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "FeesWithdrawn",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "NodeKeyRotated",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "operator",
          type: "address"
        },
        {
          indexed: false,
          internalType: "address",
          name: "payout",
          type: "address"
        }
      ],
      name: "NodeRegistered",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        },
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          indexed: false,
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        }
      ],
      name: "Opened",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "previousOwner",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "newOwner",
          type: "address"
        }
      ],
      name: "OwnershipTransferStarted",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "previousOwner",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "newOwner",
          type: "address"
        }
      ],
      name: "OwnershipTransferred",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: false,
          internalType: "address",
          name: "account",
          type: "address"
        }
      ],
      name: "Paused",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: false,
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint40",
          name: "from",
          type: "uint40"
        }
      ],
      name: "PayoutChanged",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: true,
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "cumulative",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "paid",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "net",
          type: "uint128"
        },
        {
          indexed: false,
          internalType: "uint128",
          name: "fee",
          type: "uint128"
        }
      ],
      name: "Redeemed",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          indexed: false,
          internalType: "enum Skip",
          name: "reason",
          type: "uint8"
        }
      ],
      name: "Skipped",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: false,
          internalType: "address",
          name: "treasury",
          type: "address"
        }
      ],
      name: "TreasuryChanged",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: false,
          internalType: "address",
          name: "account",
          type: "address"
        }
      ],
      name: "Unpaused",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "Withdrawn",
      type: "event"
    },
    {
      inputs: [],
      name: "CLAIM_NOTICE",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "CLOSED",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "KEY_GRACE",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "KEY_NOTICE",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "MAX_FEE_BPS",
      outputs: [
        {
          internalType: "uint16",
          name: "",
          type: "uint16"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "MAX_WITHDRAW_DELAY",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "MIN_WITHDRAW_DELAY",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "PAYOUT_NOTICE",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "acceptOwnership",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "addControlPlaneKey",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        },
        {
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          internalType: "uint128",
          name: "admitted",
          type: "uint128"
        },
        {
          components: [
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "vs",
              type: "bytes32"
            }
          ],
          internalType: "struct Signature",
          name: "signature",
          type: "tuple"
        }
      ],
      name: "answerClaim",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        }
      ],
      name: "balanceOf",
      outputs: [
        {
          internalType: "uint256",
          name: "",
          type: "uint256"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        }
      ],
      name: "channelIdOf",
      outputs: [
        {
          internalType: "bytes32",
          name: "",
          type: "bytes32"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "channels",
      outputs: [
        {
          internalType: "uint128",
          name: "reserved",
          type: "uint128"
        },
        {
          internalType: "uint128",
          name: "paid",
          type: "uint128"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32[]",
          name: "ids",
          type: "bytes32[]"
        }
      ],
      name: "channelsOf",
      outputs: [
        {
          components: [
            {
              internalType: "uint128",
              name: "reserved",
              type: "uint128"
            },
            {
              internalType: "uint128",
              name: "paid",
              type: "uint128"
            },
            {
              internalType: "uint40",
              name: "closingAt",
              type: "uint40"
            }
          ],
          internalType: "struct Channels.ChannelState[]",
          name: "states",
          type: "tuple[]"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        },
        {
          internalType: "uint128",
          name: "finalCumulative",
          type: "uint128"
        },
        {
          components: [
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "vs",
              type: "bytes32"
            }
          ],
          internalType: "struct Signature",
          name: "nodeSignature",
          type: "tuple"
        }
      ],
      name: "closeNow",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "closingAt",
      outputs: [
        {
          internalType: "uint40",
          name: "",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "collect",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "controlPlaneKeys",
      outputs: [
        {
          internalType: "uint40",
          name: "from",
          type: "uint40"
        },
        {
          internalType: "uint40",
          name: "until",
          type: "uint40"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "channelId",
          type: "bytes32"
        }
      ],
      name: "delayedClaims",
      outputs: [
        {
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        },
        {
          internalType: "uint64",
          name: "seq",
          type: "uint64"
        },
        {
          internalType: "uint40",
          name: "dueAt",
          type: "uint40"
        },
        {
          internalType: "bool",
          name: "contested",
          type: "bool"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "deposit",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "depositFor",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        },
        {
          components: [
            {
              internalType: "uint256",
              name: "validAfter",
              type: "uint256"
            },
            {
              internalType: "uint256",
              name: "validBefore",
              type: "uint256"
            },
            {
              internalType: "bytes32",
              name: "nonce",
              type: "bytes32"
            },
            {
              internalType: "uint8",
              name: "v",
              type: "uint8"
            },
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "s",
              type: "bytes32"
            }
          ],
          internalType: "struct Authorization",
          name: "a",
          type: "tuple"
        }
      ],
      name: "depositWithAuthorization",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "deadline",
          type: "uint256"
        },
        {
          internalType: "uint8",
          name: "v",
          type: "uint8"
        },
        {
          internalType: "bytes32",
          name: "r",
          type: "bytes32"
        },
        {
          internalType: "bytes32",
          name: "s",
          type: "bytes32"
        }
      ],
      name: "depositWithPermit",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "earnings",
      outputs: [
        {
          internalType: "uint256",
          name: "",
          type: "uint256"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "eip712Domain",
      outputs: [
        {
          internalType: "bytes1",
          name: "fields",
          type: "bytes1"
        },
        {
          internalType: "string",
          name: "name",
          type: "string"
        },
        {
          internalType: "string",
          name: "version",
          type: "string"
        },
        {
          internalType: "uint256",
          name: "chainId",
          type: "uint256"
        },
        {
          internalType: "address",
          name: "verifyingContract",
          type: "address"
        },
        {
          internalType: "bytes32",
          name: "salt",
          type: "bytes32"
        },
        {
          internalType: "uint256[]",
          name: "extensions",
          type: "uint256[]"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "feeBps",
      outputs: [
        {
          internalType: "uint16",
          name: "",
          type: "uint16"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "fees",
      outputs: [
        {
          internalType: "uint256",
          name: "",
          type: "uint256"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        }
      ],
      name: "finishClose",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "isControlPlaneKey",
      outputs: [
        {
          internalType: "bool",
          name: "",
          type: "bool"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "nodeOfKey",
      outputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "nodes",
      outputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        },
        {
          internalType: "uint40",
          name: "payoutAt",
          type: "uint40"
        },
        {
          internalType: "address",
          name: "operator",
          type: "address"
        },
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          internalType: "address",
          name: "nextPayout",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        },
        {
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        }
      ],
      name: "open",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        },
        {
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        },
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "delegate",
              type: "address"
            },
            {
              internalType: "uint128",
              name: "maxTotal",
              type: "uint128"
            },
            {
              internalType: "uint128",
              name: "maxPerChannel",
              type: "uint128"
            },
            {
              internalType: "uint40",
              name: "validUntil",
              type: "uint40"
            },
            {
              internalType: "uint64",
              name: "epoch",
              type: "uint64"
            }
          ],
          internalType: "struct SpendAuthorization",
          name: "authorization",
          type: "tuple"
        },
        {
          internalType: "bytes",
          name: "signature",
          type: "bytes"
        }
      ],
      name: "openDelegated",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        }
      ],
      name: "openNonce",
      outputs: [
        {
          internalType: "uint256",
          name: "",
          type: "uint256"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        },
        {
          internalType: "uint128",
          name: "amount",
          type: "uint128"
        },
        {
          internalType: "bytes",
          name: "signature",
          type: "bytes"
        }
      ],
      name: "openWithSignature",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "owner",
      outputs: [
        {
          internalType: "address",
          name: "",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "pause",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "paused",
      outputs: [
        {
          internalType: "bool",
          name: "",
          type: "bool"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "payoutNonce",
      outputs: [
        {
          internalType: "uint256",
          name: "",
          type: "uint256"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        }
      ],
      name: "payoutOf",
      outputs: [
        {
          internalType: "address",
          name: "",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "pendingOwner",
      outputs: [
        {
          internalType: "address",
          name: "",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          components: [
            {
              components: [
                {
                  internalType: "address",
                  name: "payer",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "payerSigner",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "nodeId",
                  type: "address"
                },
                {
                  internalType: "uint16",
                  name: "feeBps",
                  type: "uint16"
                },
                {
                  internalType: "uint8",
                  name: "need",
                  type: "uint8"
                },
                {
                  internalType: "uint40",
                  name: "withdrawDelay",
                  type: "uint40"
                },
                {
                  internalType: "bytes32",
                  name: "salt",
                  type: "bytes32"
                }
              ],
              internalType: "struct Terms",
              name: "terms",
              type: "tuple"
            },
            {
              internalType: "uint64",
              name: "seq",
              type: "uint64"
            },
            {
              internalType: "uint128",
              name: "cumulative",
              type: "uint128"
            },
            {
              internalType: "uint128",
              name: "ceiling",
              type: "uint128"
            },
            {
              internalType: "bytes32",
              name: "usageHash",
              type: "bytes32"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "nodeSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "controlPlaneSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "payerSignature",
              type: "tuple"
            }
          ],
          internalType: "struct Claim",
          name: "claim",
          type: "tuple"
        }
      ],
      name: "preview",
      outputs: [
        {
          internalType: "enum Skip",
          name: "reason",
          type: "uint8"
        },
        {
          internalType: "uint128",
          name: "upTo",
          type: "uint128"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          components: [
            {
              components: [
                {
                  internalType: "address",
                  name: "payer",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "payerSigner",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "nodeId",
                  type: "address"
                },
                {
                  internalType: "uint16",
                  name: "feeBps",
                  type: "uint16"
                },
                {
                  internalType: "uint8",
                  name: "need",
                  type: "uint8"
                },
                {
                  internalType: "uint40",
                  name: "withdrawDelay",
                  type: "uint40"
                },
                {
                  internalType: "bytes32",
                  name: "salt",
                  type: "bytes32"
                }
              ],
              internalType: "struct Terms",
              name: "terms",
              type: "tuple"
            },
            {
              internalType: "uint64",
              name: "seq",
              type: "uint64"
            },
            {
              internalType: "uint128",
              name: "cumulative",
              type: "uint128"
            },
            {
              internalType: "uint128",
              name: "ceiling",
              type: "uint128"
            },
            {
              internalType: "bytes32",
              name: "usageHash",
              type: "bytes32"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "nodeSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "controlPlaneSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "payerSignature",
              type: "tuple"
            }
          ],
          internalType: "struct Claim[]",
          name: "claims",
          type: "tuple[]"
        }
      ],
      name: "redeem",
      outputs: [
        {
          internalType: "uint256",
          name: "net",
          type: "uint256"
        }
      ],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeKey",
          type: "address"
        },
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          components: [
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "vs",
              type: "bytes32"
            }
          ],
          internalType: "struct Signature",
          name: "keySignature",
          type: "tuple"
        }
      ],
      name: "registerNode",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeKey",
          type: "address"
        },
        {
          internalType: "address",
          name: "operator",
          type: "address"
        },
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          components: [
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "vs",
              type: "bytes32"
            }
          ],
          internalType: "struct Signature",
          name: "keySignature",
          type: "tuple"
        },
        {
          internalType: "bytes",
          name: "operatorSignature",
          type: "bytes"
        }
      ],
      name: "registerNodeFor",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "renounceOwnership",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              components: [
                {
                  internalType: "address",
                  name: "payer",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "payerSigner",
                  type: "address"
                },
                {
                  internalType: "address",
                  name: "nodeId",
                  type: "address"
                },
                {
                  internalType: "uint16",
                  name: "feeBps",
                  type: "uint16"
                },
                {
                  internalType: "uint8",
                  name: "need",
                  type: "uint8"
                },
                {
                  internalType: "uint40",
                  name: "withdrawDelay",
                  type: "uint40"
                },
                {
                  internalType: "bytes32",
                  name: "salt",
                  type: "bytes32"
                }
              ],
              internalType: "struct Terms",
              name: "terms",
              type: "tuple"
            },
            {
              internalType: "uint64",
              name: "seq",
              type: "uint64"
            },
            {
              internalType: "uint128",
              name: "cumulative",
              type: "uint128"
            },
            {
              internalType: "uint128",
              name: "ceiling",
              type: "uint128"
            },
            {
              internalType: "bytes32",
              name: "usageHash",
              type: "bytes32"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "nodeSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "controlPlaneSignature",
              type: "tuple"
            },
            {
              components: [
                {
                  internalType: "bytes32",
                  name: "r",
                  type: "bytes32"
                },
                {
                  internalType: "bytes32",
                  name: "vs",
                  type: "bytes32"
                }
              ],
              internalType: "struct Signature",
              name: "payerSignature",
              type: "tuple"
            }
          ],
          internalType: "struct Claim",
          name: "claim",
          type: "tuple"
        }
      ],
      name: "requestClaim",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        }
      ],
      name: "requestClose",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "revokeAuthorizations",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "key",
          type: "address"
        }
      ],
      name: "revokeControlPlaneKey",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          internalType: "address",
          name: "newKey",
          type: "address"
        },
        {
          components: [
            {
              internalType: "bytes32",
              name: "r",
              type: "bytes32"
            },
            {
              internalType: "bytes32",
              name: "vs",
              type: "bytes32"
            }
          ],
          internalType: "struct Signature",
          name: "newKeySignature",
          type: "tuple"
        }
      ],
      name: "rotateNodeKey",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "uint16",
          name: "feeBps_",
          type: "uint16"
        }
      ],
      name: "setFee",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          internalType: "address",
          name: "payout",
          type: "address"
        }
      ],
      name: "setPayout",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "nodeId",
          type: "address"
        },
        {
          internalType: "address",
          name: "payout",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "deadline",
          type: "uint256"
        },
        {
          internalType: "bytes",
          name: "operatorSignature",
          type: "bytes"
        }
      ],
      name: "setPayoutFor",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "treasury_",
          type: "address"
        }
      ],
      name: "setTreasury",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          components: [
            {
              internalType: "address",
              name: "payer",
              type: "address"
            },
            {
              internalType: "address",
              name: "payerSigner",
              type: "address"
            },
            {
              internalType: "address",
              name: "nodeId",
              type: "address"
            },
            {
              internalType: "uint16",
              name: "feeBps",
              type: "uint16"
            },
            {
              internalType: "uint8",
              name: "need",
              type: "uint8"
            },
            {
              internalType: "uint40",
              name: "withdrawDelay",
              type: "uint40"
            },
            {
              internalType: "bytes32",
              name: "salt",
              type: "bytes32"
            }
          ],
          internalType: "struct Terms",
          name: "terms",
          type: "tuple"
        }
      ],
      name: "settleClaim",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "payer",
          type: "address"
        }
      ],
      name: "spendEpoch",
      outputs: [
        {
          internalType: "uint64",
          name: "",
          type: "uint64"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "authorization",
          type: "bytes32"
        }
      ],
      name: "spent",
      outputs: [
        {
          internalType: "uint128",
          name: "",
          type: "uint128"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "token",
      outputs: [
        {
          internalType: "contract IERC20",
          name: "",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "newOwner",
          type: "address"
        }
      ],
      name: "transferOwnership",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "treasury",
      outputs: [
        {
          internalType: "address",
          name: "",
          type: "address"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "unpause",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "withdraw",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "withdrawFees",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    }
  ],
  bytecode:
    "0x610180604052348015610010575f5ffd5b50604051615aef380380615aef83398101604081905261002f9161042d565b604080518082018252600c81526b24b73332b93732ba1021a82960a11b602080830191909152825180840190935260018352603160f81b908301526001600160a01b0387166080528391869190610085826101b5565b61014052610092816101b5565b61016052815160208084019190912061010052815190820120610120524660c0526101206101005161012051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60a05250503060e0526001600160a01b03811661015757604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b610160816101f2565b506001600160a01b0381166101885760405163d92e233d60e01b815260040160405180910390fd5b610198815f64ffffffffff61020e565b506101a2836102bb565b6101ab81610357565b50505050506104ff565b5f5f829050601f815111156101df578260405163305a27a960e01b815260040161014e91906104a4565b80516101ea826104d9565b179392505050565b600880546001600160a01b031916905561020b816103c8565b50565b60408051808201825264ffffffffff808516825283811660208084019182526001600160a01b0388165f818152600990925290859020935184549251841665010000000000026001600160501b03199093169316929092171790915590517f8a0fc7e8e5ea3a03c94727d47291309c387588e3b9ab872506f25f8538e52099906102ae908590859064ffffffffff92831681529116602082015260400190565b60405180910390a2505050565b6001600160a01b03811615806102d957506001600160a01b03811630145b1561030257604051635360a43b60e01b81526001600160a01b038216600482015260240161014e565b601380546001600160a01b0319166001600160a01b0383169081179091556040519081527fc714d22a2f08b695f81e7c707058db484aa5b4d6b4c9fd64beb10fe85832f608906020015b60405180910390a150565b610bb861ffff8216111561038457604051638ea70c0760e01b815261ffff8216600482015260240161014e565b600a805461ffff191661ffff83169081179091556040519081527f931a978d852c1b6fa9dd97300fd89c773ff625b91f697b0911e943ba15f9e2439060200161034c565b600780546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b6001600160a01b038116811461020b575f5ffd5b5f5f5f5f5f60a08688031215610441575f5ffd5b855161044c81610419565b602087015190955061045d81610419565b604087015190945061046e81610419565b606087015190935061047f81610419565b608087015190925061ffff81168114610496575f5ffd5b809150509295509295909350565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b805160208083015191908110156104f9575f198160200360031b1b821691505b50919050565b60805160a05160c05160e0516101005161012051610140516101605161554f6105a05f395f61315101525f61312101525f61416d01525f61414501525f6140a001525f6140ca01525f6140f401525f8181610ab201528181610b7001528181610f3a0152818161136e0152818161144b01528181611c3d01528181611cba015281816121f40152818161292b015281816129ab01526131f6015261554f5ff3fe608060405234801561000f575f5ffd5b50600436106103d9575f3560e01c806379ba50971161020f5780639b0c3a981161012e578063c2fb1ceb116100c3578063e30c397811610093578063f2fde38b11610079578063f2fde38b14610a87578063fa51dded14610a9a578063fc0c546a14610aad575f5ffd5b8063e30c397814610a63578063f0f4426014610a74575f5ffd5b8063c2fb1ceb14610a19578063d259e7d814610a2c578063d25b7ead14610a34578063d55be8c614610a5a575f5ffd5b8063ae159439116100fe578063ae159439146109aa578063ae20bed3146109b3578063b6536fb9146109f3578063b6b55f2514610a06575f5ffd5b80639b0c3a98146109525780639c6f392914610965578063a13d9a0914610978578063a857df041461098b575f5ffd5b806389dbba8d116101a45780638da5cb5b116101745780638da5cb5b146109125780638e005553146109235780639839936c146109365780639af1d35a14610949575f5ffd5b806389dbba8d146108145780638cbf4852146108275780638d1ca86e146108bd5780638d34c774146108ff575f5ffd5b80638456cb59116101df5780638456cb591461078d57806384b0196e146107955780638723b874146107b057806387f3d50d146107c3575f5ffd5b806379ba50971461070c5780637a7ebd7b146107145780637c788b8b1461076757806380404f561461077a575f5ffd5b806340dd459e116102fb5780635ea70d501161029057806371310e2f1161026057806371310e2f146106c7578063715018a6146106da578063723e2281146106e2578063754e223614610702575f5ffd5b80635ea70d501461064257806361d027b3146106825780636da61d1e1461069557806370a08231146106a8575f5ffd5b8063511bf7a0116102cb578063511bf7a0146105f3578063536abd1e14610606578063543fd313146106195780635c975abb14610638575f5ffd5b806340dd459e146105a4578063425c0e3f146105c5578063476343ee146105d85780634a970be7146105e0575f5ffd5b8063290d939a116103715780632f4f21e2116103415780632f4f21e214610552578063329b2b5e146105655780633e3593dd146105925780633f4ba83a1461059c575f5ffd5b8063290d939a146105195780632b28d0d21461050f5780632bc0c7be1461052c5780632e1a7d4d1461053f575f5ffd5b80631e6f9bb6116103ac5780631e6f9bb6146104d15780631fc3277d146104e457806324a9d853146104ee5780632519ff621461050f575f5ffd5b806306ec16f8146103dd5780630e2636a3146103f2578063108934f414610419578063189a5a171461043c575b5f5ffd5b6103f06103eb366004614b48565b610ad4565b005b6103fe64ffffffffff81565b60405164ffffffffff90911681526020015b60405180910390f35b61042c610427366004614b48565b610bf1565b6040519015158152602001610410565b61049061044a366004614b48565b60046020525f908152604090208054600182015460028301546003909301546001600160a01b0380841694600160a01b90940464ffffffffff1693928116928116911685565b604080516001600160a01b03968716815264ffffffffff9095166020860152928516928401929092528316606083015291909116608082015260a001610410565b6103f06104df366004614b77565b610c46565b6103fe62278d0081565b600a546104fc9061ffff1681565b60405161ffff9091168152602001610410565b6103fe6202a30081565b6103f0610527366004614b77565b610d5c565b6103f061053a366004614bb7565b610db6565b6103f061054d366004614bfb565b610f1b565b6103f0610560366004614c12565b610f9e565b610584610573366004614b48565b60066020525f908152604090205481565b604051908152602001610410565b6103fe62093a8081565b6103f0610fc0565b6105b76105b2366004614c4b565b610fd2565b604051610410929190614cb2565b6103f06105d3366004614cd6565b610ff3565b6103f061132d565b6103f06105ee366004614d01565b6113e2565b6103f0610601366004614d5b565b6114bf565b6103f0610614366004614de4565b61165d565b610584610627366004614b48565b60126020525f908152604090205481565b5f5460ff1661042c565b61066a610650366004614b48565b60056020525f90815260409020546001600160a01b031681565b6040516001600160a01b039091168152602001610410565b60135461066a906001600160a01b031681565b61066a6106a3366004614b48565b61175c565b6105846106b6366004614b48565b60016020525f908152604090205481565b6103f06106d5366004614b77565b6117ca565b6103f061187c565b6106f56106f0366004614e4e565b61188d565b6040516104109190614ebf565b6103fe6201518081565b6103f06119c4565b610747610722366004614bfb565b600b6020525f90815260409020546001600160801b0380821691600160801b90041682565b604080516001600160801b03938416815292909116602083015201610410565b6103f0610775366004614f36565b611a05565b6103f0610788366004614b48565b611ad8565b6103f0611ba8565b61079d611bb8565b6040516104109796959493929190614f9c565b6103f06107be36600461505e565b611c16565b6107f66107d1366004614b48565b60096020525f908152604090205464ffffffffff808216916501000000000090041682565b6040805164ffffffffff938416815292909116602083015201610410565b6103f0610822366004615090565b611dc0565b61087c610835366004614bfb565b60116020525f90815260409020546001600160801b03811690600160801b810467ffffffffffffffff1690600160c01b810464ffffffffff1690600160e81b900460ff1684565b604080516001600160801b03909516855267ffffffffffffffff909316602085015264ffffffffff9091169183019190915215156060820152608001610410565b6108e66108cb366004614b48565b600e6020525f908152604090205467ffffffffffffffff1681565b60405167ffffffffffffffff9091168152602001610410565b6103f061090d366004614b48565b611de4565b6007546001600160a01b031661066a565b6103f06109313660046150cb565b611e7a565b6103f06109443660046150e4565b611e8b565b61058460105481565b610584610960366004614b77565b611ed1565b6103f061097336600461513d565b611ee4565b6103f061098636600461519d565b611f65565b610584610999366004614b48565b600d6020525f908152604090205481565b6103fe610e1081565b6109db6109c1366004614bfb565b600f6020525f90815260409020546001600160801b031681565b6040516001600160801b039091168152602001610410565b6103f0610a01366004614f36565b611f8e565b6103f0610a14366004614bfb565b611f9a565b6103f0610a2736600461521f565b611fbc565b6103f0611fcf565b6103fe610a42366004614bfb565b600c6020525f908152604090205464ffffffffff1681565b6104fc610bb881565b6008546001600160a01b031661066a565b6103f0610a82366004614b48565b612093565b6103f0610a95366004614b48565b6120a4565b610584610aa8366004615247565b612115565b61066a7f000000000000000000000000000000000000000000000000000000000000000081565b610adc612224565b6001600160a01b0381165f9081526012602052604081205490819003610b3e576040517f46a25fc30000000000000000000000000000000000000000000000000000000081526001600160a01b03831660048201526024015b60405180910390fd5b6001600160a01b0382165f908152601260205260408120819055610b618361175c565b9050610b976001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168284612259565b806001600160a01b0316836001600160a01b03167f484decdc1e9549e1866295f6f86c889ded3f7de410e7488a7a415978589dc8fd84604051610bdc91815260200190565b60405180910390a35050610bee61228e565b50565b6001600160a01b0381165f818152600960205260408120909115801590610c22575080544264ffffffffff90911611155b8015610c3f5750805465010000000000900464ffffffffff164211155b9392505050565b610c4f816122b8565b5f610c5982611ed1565b9050610c6481612330565b5f818152600c602052604090205464ffffffffff1615610cb7575f818152600c6020526040908190205490516359dc788f60e01b81526004810183905264ffffffffff9091166024820152604401610b35565b5f610cc860c0840160a085016152dd565b610cd2904261530a565b5f838152600c602052604090819020805464ffffffffff191664ffffffffff8416179055909150610d099060608501908501614b48565b6001600160a01b0316827fc0f56f75cdd0f52c08762034fae7e25bb60552e8eda5c293e3152916d064a73483604051610d4f919064ffffffffff91909116815260200190565b60405180910390a3505050565b5f610d6682611ed1565b5f81815260116020526040812054919250600160c01b90910464ffffffffff169003610da85760405163b29e8f6d60e01b815260048101829052602401610b35565b610db28282612382565b5050565b5f610dc084611ed1565b9050610dcb81612330565b5f818152600c602052604090205464ffffffffff1664fffffffffe1901610e13576040516359dc788f60e01b81526004810182905264ffffffffff6024820152604401610b35565b5f818152600b60205260409020546001600160801b03600160801b9091048116908416811015610e82576040517fe241c2a80000000000000000000000000000000000000000000000000000000081526001600160801b03808316600483015285166024820152604401610b35565b5f600481610e966060890160408a01614b48565b6001600160a01b03908116825260208201929092526040015f908120549091169150610eca610ec5858861259e565b612601565b9050610ed7818684612648565b610eff57604051633615713d60e21b81526001600160a01b0383166004820152602401610b35565b610f0884612683565b610f128785612707565b50505050505050565b610f23612224565b610f2d338261282f565b610f616001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163383612259565b60405181815233907f7084f5476618d8e60b11ef0d7d3f06914655adb8793e28ff7f018d4c76d505d59060200160405180910390a2610bee61228e565b610fa6612224565b610fae6128d8565b610fb88282612914565b610db261228e565b610fc86129df565b610fd0612a0c565b565b5f80610fe783610fe181611ed1565b86612a5d565b915091505b9250929050565b600361100560a0830160808401615327565b60ff16146110555761101d60a0820160808301615327565b6040517f88198a5a00000000000000000000000000000000000000000000000000000000815260ff9091166004820152602401610b35565b5f61105f82611ed1565b905061106a81612a9c565b5f61107d61014084016101208501615340565b6001600160801b031661109861012085016101008601615340565b6001600160801b0316106110bd576110b861014084016101208501615340565b6110cf565b6110cf61012084016101008501615340565b5f838152600b602052604081208054929350916001600160801b03908116908416106111055781546001600160801b0316611107565b825b82549091506001600160801b03600160801b9091048116908216116111765781546040517f16fb67a10000000000000000000000000000000000000000000000000000000081526001600160801b038084166004830152600160801b9092049091166024820152604401610b35565b6111808585612baa565b5f61118e62093a804261530a565b90506040518060800160405280856001600160801b031681526020018760e00160208101906111bd9190615359565b67ffffffffffffffff908116825264ffffffffff8085166020808501919091525f60409485018190528a8152601182528490208551815492870151878701516060988901511515600160e81b027fffff00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff91909616600160c01b02167fffff000000000000ffffffffffffffffffffffffffffffffffffffffffffffff91909616600160801b027fffffffffffffffff0000000000000000000000000000000000000000000000009094166001600160801b03909216919091179290921791909116929092171790556112b1918801908801614b48565b6001600160a01b0316857f22a3c78f8ac6b4fa1ceea71d1df4da1d90dc98636c4a6bf5bc6d85cb7d3f489b6112ed6101008a0160e08b01615359565b6040805167ffffffffffffffff90921682526001600160801b038916602083015264ffffffffff86169082015260600160405180910390a3505050505050565b611335612224565b6010545f81900361135957604051631f2a200560e01b815260040160405180910390fd5b5f601055601354611397906001600160a01b037f00000000000000000000000000000000000000000000000000000000000000008116911683612259565b6013546040518281526001600160a01b03909116907fc0819c13be868895eb93e40eaceb96de976442fa1d404e5c55f14bb65a8c489a9060200160405180910390a250610fd061228e565b6113ea612224565b6113f26128d8565b6040517fd505accf000000000000000000000000000000000000000000000000000000008152336004820152306024820152604481018690526064810185905260ff8416608482015260a4810183905260c481018290527f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03169063d505accf9060e4015f604051808303815f87803b158015611494575f5ffd5b505af19250505080156114a5575060015b506114b03386612914565b6114b861228e565b5050505050565b5f8481526011602052604090208054600160c01b900464ffffffffff1615806114fd5750805467ffffffffffffffff858116600160801b9092041614155b1561151e5760405163b29e8f6d60e01b815260048101869052602401610b35565b5f61153783611531610ec5898989612ca0565b90612d14565b905061154281610bf1565b611583576040517fa17226980000000000000000000000000000000000000000000000000000000081526001600160a01b0382166004820152602401610b35565b81546001600160801b0390811690851610156115d15781547fffff00ffffffffffffffffffffffffff00000000000000000000000000000000166001600160801b03851617600160e81b1782555b815442600160c01b90910464ffffffffff16111561160857815464ffffffffff60c01b1916600160c01b4264ffffffffff16021782555b6040805167ffffffffffffffff871681526001600160801b038616602082015287917f4a9891edf1bd0fdf4a791d771b35b20e5e8acddb2a22e06882acf043c7c7eab8910160405180910390a2505050505050565b8242111561169a576040517fcd21db4f00000000000000000000000000000000000000000000000000000000815260048101849052602401610b35565b6001600160a01b038581165f8181526006602090815260408083205481517f72a83f879e78976036d05a4b67ffd0b80483d80093ab08b6ae8816888c5c5fd381850152808301959095529489166060850152608084019490945260a08084018890528451808503909101815260c09093019093528151919092012061171e90612601565b6001600160a01b038088165f9081526004602052604090206001015491925061174a9116828585612d56565b6117548686612da4565b505050505050565b6001600160a01b0381165f9081526004602052604081208054600160a01b900464ffffffffff16158015906117a057508054600160a01b900464ffffffffff164210155b6117b75760028101546001600160a01b0316610c3f565b600301546001600160a01b031692915050565b5f6117d482611ed1565b5f818152600c602052604081205491925064ffffffffff9091169081900361182b576040517fd7fe63f400000000000000000000000000000000000000000000000000000000815260048101839052602401610b35565b8064ffffffffff16421015611863576040516359dc788f60e01b81526004810183905264ffffffffff82166024820152604401610b35565b61186d8383612ecb565b6118778383612707565b505050565b6118846129df565b610fd05f612ef6565b60608167ffffffffffffffff8111156118a8576118a8615372565b6040519080825280602002602001820160405280156118f157816020015b604080516060810182525f80825260208083018290529282015282525f199092019101816118c65790505b5090505f5b828110156119bd575f600b5f86868581811061191457611914615386565b602090810292909201358352508181019290925260409081015f908120825160608101845281546001600160801b038082168352600160801b9091041694810194909452935090820190600c9088888781811061197357611973615386565b602090810292909201358352508101919091526040015f205464ffffffffff16905283518490849081106119a9576119a9615386565b6020908102919091010152506001016118f6565b5092915050565b60085433906001600160a01b031681146119fc5760405163118cdaa760e01b81526001600160a01b0382166004820152602401610b35565b610bee81612ef6565b611a0e83612f0f565b611a1782612f76565b5f611a25610ec58585612fed565b9050611a32818385612648565b611a5a57604051633615713d60e21b81526001600160a01b0384166004820152602401610b35565b6001600160a01b038481165f81815260046020908152604080832080549589166001600160a01b03199687168117909155808452600583529281902080549095168417909455925190815290917fe400ac78ee7df227542a5928bb325f8cd0fd8f2462662689e69dec5fd5b4e846910160405180910390a250505050565b611ae06129df565b6001600160a01b038116611b20576040517fd92e233d00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6001600160a01b0381165f90815260096020526040902054426501000000000090910464ffffffffff1610611b8c576040517fded529460000000000000000000000000000000000000000000000000000000081526001600160a01b0382166004820152602401610b35565b610bee81611b9d6202a3004261530a565b64ffffffffff61303b565b611bb06129df565b610fd06130de565b5f6060805f5f5f6060611bc961311a565b611bd161314a565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b611c1e612224565b611c266128d8565b6040516370a0823160e01b81523060048201525f907f00000000000000000000000000000000000000000000000000000000000000006001600160a01b0316906370a0823190602401602060405180830381865afa158015611c8a573d5f5f3e3d5ffd5b505050506040513d601f19601f82011682018060405250810190611cae919061539a565b90506001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001663ef55bec6853086863560208801356040890135611cfe60808b0160608c01615327565b6040517fffffffff0000000000000000000000000000000000000000000000000000000060e08a901b1681526001600160a01b03978816600482015296909516602487015260448601939093526064850191909152608484015260a483015260ff1660c4820152608085013560e482015260a0850135610104820152610124015f604051808303815f87803b158015611d95575f5ffd5b505af1158015611da7573d5f5f3e3d5ffd5b50505050611db784858584613175565b5061187761228e565b611dc86128d8565b611dd1826122b8565b610db282611dde84611ed1565b83613330565b611dec6129df565b6001600160a01b0381165f908152600960205260409020805465010000000000900464ffffffffff90811614611e59576040517fc5bed9410000000000000000000000000000000000000000000000000000000081526001600160a01b0383166004820152602401610b35565b8054610db290839064ffffffffff16611e75620151804261530a565b61303b565b611e826129df565b610bee816136f0565b611e936128d8565b5f611e9d86611ed1565b5f818152600b6020526040902054909150611ec69087906001600160801b031687878787613781565b611754868287613330565b5f611ede610ec583613a2e565b92915050565b611eec6128d8565b5f611ef685611ed1565b90505f611f40610ec58387600d85611f1160208d018d614b48565b6001600160a01b0316815260208101919091526040015f908120805491611f37836153b1565b91905055613b29565b9050611f5a611f526020880188614b48565b828686612d56565b611754868387613330565b5f611f74610ec5888888613b79565b9050611f8286828585612d56565b610f1287878787613bcf565b61187783338484613bcf565b611fa2612224565b611faa6128d8565b611fb43382612914565b610bee61228e565b611fc582612f0f565b610db28282612da4565b335f818152600e6020526040812080547fedb361036a88eaf149bd471c237558874cac281c24867e5119ca4994108a9a6e92906120159067ffffffffffffffff166153c9565b91906101000a81548167ffffffffffffffff021916908367ffffffffffffffff1602179055600d5f336001600160a01b03166001600160a01b031681526020019081526020015f205f8154612069906153b1565b91829055506040805167ffffffffffffffff909316835260208301919091520160405180910390a2565b61209b6129df565b610bee81613d42565b6120ac6129df565b600880546001600160a01b0383166001600160a01b031990911681179091556120dd6007546001600160a01b031690565b6001600160a01b03167f38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e2270060405160405180910390a350565b5f61211e612224565b5f829003612158576040517fe120557300000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f5f5b838110156121c3575f5f61218787878581811061217a5761217a615386565b9050610220020189613dd7565b909250905061219f6001600160801b038316866153f5565b94506121b46001600160801b038216856153f5565b9350505080600101905061215b565b5080156121e1578060105f8282546121db91906153f5565b90915550505b811561221b5761221b6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168684612259565b50610c3f61228e565b61222c613f66565b610fd060017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005b90613fbf565b6122668383836001613fc6565b61187757604051635274afe760e01b81526001600160a01b0384166004820152602401610b35565b610fd05f7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f00612253565b6122c56020820182614b48565b6001600160a01b0316336001600160a01b031614610bee57336122eb6020830183614b48565b6040517f2f081df30000000000000000000000000000000000000000000000000000000081526001600160a01b03928316600482015291166024820152604401610b35565b5f818152600b60205260408120546001600160801b03169003610bee576040517f5b11587400000000000000000000000000000000000000000000000000000000815260048101829052602401610b35565b5f8181526011602052604090208054600160c01b900464ffffffffff164210156123d857805460405163c272d74160e01b815260048101849052600160c01b90910464ffffffffff166024820152604401610b35565b805464ffffffffff60c01b19811682555f838152600b60205260408120805490926001600160801b03600160801b83048116939281169116106124255782546001600160801b0316612431565b83546001600160801b03165b90505f5f836001600160801b0316836001600160801b031611156125095784546001600160801b03808516600160801b029116178555612481848461247c60808c0160608d016150cb565b614041565b91508161248e8585615408565b6124989190615408565b9050816001600160801b031660105f8282546124b491906153f5565b90915550506001600160801b03811660125f6124d660608c0160408d01614b48565b6001600160a01b03166001600160a01b031681526020019081526020015f205f82825461250391906153f5565b90915550505b6125196060890160408a01614b48565b865486546040805167ffffffffffffffff600160801b948590041681526001600160801b0393909204831660208301528483169082015290841660608201526001600160a01b03919091169088907f50e26f797a09e7371bb9794371bdd39258d5cc9dbb1eb039bce4244d8337dd829060800160405180910390a35050505050505050565b604080517f9784e78b7922a96e373f831bdf232772155abb5b66e7883ec040d9b862ed37db60208201529081018390526001600160801b03821660608201525f906080015b60405160208183030381529060405280519060200120905092915050565b5f611ede61260d614094565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f6001600160a01b0382161580159061267b5750816001600160a01b03166126708585612d14565b6001600160a01b0316145b949350505050565b5f81815260116020526040812080549091600160c01b90910464ffffffffff1690036126ad575050565b805464ffffffffff60c01b1916808255604051600160801b90910467ffffffffffffffff16815282907f916ef120b0d5f6f6b25fdd2d832748fc6f8267720dca3fa14f535a78f99b08e59060200160405180910390a25050565b5f818152600b602052604081208054909190612735906001600160801b03600160801b820481169116615408565b82546fffffffffffffffffffffffffffffffff1981166001600160801b03600160801b90920482161784555f858152600c602090815260408220805464ffffffffff191664ffffffffff179055929350908316916001919061279990880188614b48565b6001600160a01b03166001600160a01b031681526020019081526020015f205f8282546127c691906153f5565b909155506127d990506020850185614b48565b6001600160a01b0316837f6a1448586fac84c71d37021629e1019eb79339f3f24385a5d3489901a91eeb428360405161282191906001600160801b0391909116815260200190565b60405180910390a350505050565b805f0361284f57604051631f2a200560e01b815260040160405180910390fd5b6001600160a01b0382165f90815260016020526040902054818110156128ba576040517f41142f680000000000000000000000000000000000000000000000000000000081526001600160a01b03841660048201526024810182905260448101839052606401610b35565b6001600160a01b039092165f90815260016020526040902091039055565b5f5460ff1615610fd0576040517fd93c066500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b6040516370a0823160e01b81523060048201525f907f00000000000000000000000000000000000000000000000000000000000000006001600160a01b0316906370a0823190602401602060405180830381865afa158015612978573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061299c919061539a565b90506129d36001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163330856141bd565b61187783338484613175565b6007546001600160a01b03163314610fd05760405163118cdaa760e01b8152336004820152602401610b35565b612a146141f3565b5f805460ff191690557f5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa335b6040516001600160a01b03909116815260200160405180910390a1565b5f5f612a69858561422e565b90925090505f826009811115612a8157612a81614c7e565b03612a9457612a918585856143c1565b91505b935093915050565b612aa581612330565b5f818152600c602052604090205464ffffffffff90811690811480612ae2575064ffffffffff811615801590612ae257508064ffffffffff164210155b15612b10576040516359dc788f60e01b81526004810183905264ffffffffff82166024820152604401610b35565b5f8281526011602052604090208054600160e81b900460ff1615612b63576040517f7e786fd900000000000000000000000000000000000000000000000000000000815260048101849052602401610b35565b8054600160c01b900464ffffffffff161561187757805460405163c272d74160e01b815260048101859052600160c01b90910464ffffffffff166024820152604401610b35565b5f600481612bbe6060860160408701614b48565b6001600160a01b03908116825260208201929092526040015f908120549091169150612bed610ec5848661451b565b90505f612bfc610ec5836145a3565b9050612c0d81610160870185612648565b612c3557604051633615713d60e21b81526001600160a01b0384166004820152602401610b35565b5f612c466040870160208801614b48565b90505f612c67610ec587612c626101408b016101208c01615340565b6145dd565b9050612c78816101e0890184612648565b610f1257604051633615713d60e21b81526001600160a01b0383166004820152602401610b35565b604080517fab9ba7d499b6b1a5ff31e47baa386c8a33537eaf35dddefa6ce16ab69c2a1f5c602082015290810184905267ffffffffffffffff831660608201526001600160801b03821660808201525f9060a0015b6040516020818303038152906040528051906020012090509392505050565b5f8080612d278585356020870135614626565b5090925090505f816003811115612d4057612d40614c7e565b14612d4b575f612d4d565b815b95945050505050565b6001600160a01b0384161580612d755750612d7384848484614672565b155b15612d9e57604051633615713d60e21b81526001600160a01b0385166004820152602401610b35565b50505050565b612dad816146e4565b6001600160a01b0382165f908152600460205260409020612dcd8361175c565b6002820180546001600160a01b03199081166001600160a01b0393841617909155600383018054909116918416919091179055612e0d6202a3004261530a565b815464ffffffffff91909116600160a01b027fffffffffffffff0000000000ffffffffffffffffffffffffffffffffffffffff9091161781556001600160a01b0383165f9081526006602052604081208054909190612e6b906153b1565b909155508054604080516001600160a01b038581168252600160a01b90930464ffffffffff166020820152918516917ff8823f5a14e34cec1bff2256bffe031a3a10126698b9b8a97a21f8d9e73cd22291015b60405180910390a2505050565b5f81815260116020526040902054600160c01b900464ffffffffff1615610db257610db28282612382565b600880546001600160a01b0319169055610bee8161472b565b6001600160a01b038082165f9081526004602052604090206001015416338114610db2576040517f4738d0540000000000000000000000000000000000000000000000000000000081523360048201526001600160a01b0382166024820152604401610b35565b6001600160a01b038181165f908152600560205260409020541615610bee576001600160a01b038181165f81815260056020526040908190205490517fc6101e4400000000000000000000000000000000000000000000000000000000815260048101929092529091166024820152604401610b35565b604080517fa1be457d6f3c6fcd29e43518330a364fa5c78fa8a439d8d8b040504fb90eedab60208201526001600160a01b038085169282019290925290821660608201525f906080016125e3565b60408051808201825264ffffffffff808516825283811660208084019182526001600160a01b0388165f8181526009909252908590209351845492518416650100000000000269ffffffffffffffffffff199093169316929092171790915590517f8a0fc7e8e5ea3a03c94727d47291309c387588e3b9ab872506f25f8538e5209990612ebe908590859064ffffffffff92831681529116602082015260400190565b6130e66128d8565b5f805460ff191660011790557f62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a258612a403390565b60606131457f000000000000000000000000000000000000000000000000000000000000000061477c565b905090565b60606131457f000000000000000000000000000000000000000000000000000000000000000061477c565b6001600160a01b0384166131b5576040517fb6b6b0f700000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b815f036131d557604051631f2a200560e01b815260040160405180910390fd5b6040516370a0823160e01b81523060048201525f9082906001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016906370a0823190602401602060405180830381865afa15801561323b573d5f5f3e3d5ffd5b505050506040513d601f19601f8201168201806040525081019061325f919061539a565b6132699190615427565b90508281146132ae576040517f1ff641ae0000000000000000000000000000000000000000000000000000000081526004810184905260248101829052604401610b35565b6001600160a01b0385165f90815260016020526040812080548592906132d59084906153f5565b92505081905550836001600160a01b0316856001600160a01b03167f8752a472e571a816aea92eec8dae9baf628e840f4929fbcc2d155e6233ff68a78560405161332191815260200190565b60405180910390a35050505050565b61334060a0840160808501615327565b60ff1615806133615750600361335c60a0850160808601615327565b60ff16115b156133ae5761337660a0840160808501615327565b6040517f96b970a300000000000000000000000000000000000000000000000000000000815260ff9091166004820152602401610b35565b60016133c060a0850160808601615327565b1660ff165f141580156133ea57505f6133df6040850160208601614b48565b6001600160a01b0316145b15613421576040517f6513ab5800000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b610e1061343460c0850160a086016152dd565b64ffffffffff16108061345f575062278d0061345660c0850160a086016152dd565b64ffffffffff16115b156134b05761347460c0840160a085016152dd565b6040517f170a9b7800000000000000000000000000000000000000000000000000000000815264ffffffffff9091166004820152602401610b35565b5f6004816134c46060870160408801614b48565b6001600160a01b03908116825260208201929092526040015f20600101541603613536576134f86060840160408501614b48565b6040517ff51743890000000000000000000000000000000000000000000000000000000081526001600160a01b039091166004820152602401610b35565b5f828152600c602052604090205464ffffffffff1615613589575f828152600c6020526040908190205490516359dc788f60e01b81526004810184905264ffffffffff9091166024820152604401610b35565b5f828152600b6020526040902080546001600160801b03161580156135c75750600a5461ffff166135c060808601606087016150cb565b61ffff1614155b1561361f576135dc60808501606086016150cb565b600a546040517f3d8afbdc00000000000000000000000000000000000000000000000000000000815261ffff928316600482015291166024820152604401610b35565b61363e61362f6020860186614b48565b836001600160801b031661282f565b8054829082905f9061365a9084906001600160801b031661543a565b92506101000a8154816001600160801b0302191690836001600160801b031602179055508360400160208101906136919190614b48565b6001600160a01b03166136a76020860186614b48565b6001600160a01b0316847fd3d0dc254a8c46ec817137521bf05c1817e8bab5921e57641b78f0dc809023c385886040516136e2929190615459565b60405180910390a450505050565b610bb861ffff82161115613736576040517f8ea70c0700000000000000000000000000000000000000000000000000000000815261ffff82166004820152602401610b35565b600a805461ffff191661ffff83169081179091556040519081527f931a978d852c1b6fa9dd97300fd89c773ff625b91f697b0911e943ba15f9e243906020015b60405180910390a150565b6137916040840160208501614b48565b6001600160a01b0316336001600160a01b0316146137ff57336137ba6040850160208601614b48565b6040517f502b946d0000000000000000000000000000000000000000000000000000000081526001600160a01b03928316600482015291166024820152604401610b35565b61380c6020870187614b48565b6001600160a01b03166138226020850185614b48565b6001600160a01b03161461384a5761383d6020840184614b48565b6122eb6020880188614b48565b61385a60a08401608085016152dd565b64ffffffffff164211156138b45761387860a08401608085016152dd565b6040517f539773ea00000000000000000000000000000000000000000000000000000000815264ffffffffff9091166004820152602401610b35565b5f600e816138c560208a018a614b48565b6001600160a01b0316815260208101919091526040015f205467ffffffffffffffff169050806138fb60c0860160a08701615359565b67ffffffffffffffff16146139615761391a60c0850160a08601615359565b6040517f4ea21a8600000000000000000000000000000000000000000000000000000000815267ffffffffffffffff91821660048201529082166024820152604401610b35565b5f61396e610ec5866147b9565b9050613980611f526020870187614b48565b6139b76139996001600160801b03808916908a166153f5565b6139a96080880160608901615340565b6001600160801b0316614896565b5f818152600f60205260408120546139db906001600160801b03808a1691166153f5565b90506139f1816139a96060890160408a01615340565b5f918252600f602052604090912080546fffffffffffffffffffffffffffffffff19166001600160801b0390921691909117905550505050505050565b5f7f5e3a796c345df098f5441d80f44183130edaad24e5cfbffec8eb707edaceb63b613a5d6020840184614b48565b613a6d6040850160208601614b48565b613a7d6060860160408701614b48565b613a8d60808701606088016150cb565b613a9d60a0880160808901615327565b613aad60c0890160a08a016152dd565b6040805160208101989098526001600160a01b0396871690880152938516606087015293909116608085015261ffff1660a084015260ff90911660c08381019190915264ffffffffff90911660e0830152830135610100820152610120015b604051602081830303815290604052805190602001209050919050565b604080517fdc8936297b5b8054e51b4e360e8a37fef354888d788499032c19ff81decd5e5860208201529081018490526001600160801b0383166060820152608081018290525f9060a001612cf5565b604080517ff394376b12e4e8cdad17a50eded424375b32ae32b35f75f078fddd2fbe7b039760208201526001600160a01b0380861692820192909252818416606082015290821660808201525f9060a001612cf5565b613bd884612f76565b613be1826146e4565b5f613bf0610ec5868686613b79565b9050613bfd818387612648565b613c2557604051633615713d60e21b81526001600160a01b0386166004820152602401610b35565b6040805160a0810182526001600160a01b038088168083525f60208085018281528a85168688018181528b87166060890190815260808901868152878752600486528a872099518a54955164ffffffffff16600160a01b027fffffffffffffff00000000000000000000000000000000000000000000000000909616908a161794909417895590516001890180549189166001600160a01b031992831617905590516002890180549189169183169190911790559151600390970180549790961696821696909617909455600590528490208054909216811790915591519091907f222a87d04ae718246a534971ae3d6ec27346e410de9673428435f7d9e053f14d906133219087906001600160a01b0391909116815260200190565b6001600160a01b0381161580613d6057506001600160a01b03811630145b15613d8957604051635360a43b60e01b81526001600160a01b0382166004820152602401610b35565b601380546001600160a01b0319166001600160a01b0383169081179091556040519081527fc714d22a2f08b695f81e7c707058db484aa5b4d6b4c9fd64beb10fe85832f60890602001613776565b5f8080613de385611ed1565b90505f5f613df2878488612a5d565b90925090505f826009811115613e0a57613e0a614c7e565b14613e5557827f167515379ec29133d62e15798dd6c90f692036c714de5d7c9c36fe3ed92ade5b83604051613e3f919061550b565b60405180910390a25f5f94509450505050610fec565b5f838152600b6020526040902080546001600160801b03838116600160801b9081028284161790935591900416613e97818361247c60808c0160608d016150cb565b945084613ea48284615408565b613eae9190615408565b95506001600160a01b038716613eca60608a0160408b01614b48565b6001600160a01b0316857fcc015c55c0c0dab6a7c13475c256ca7e37dc14f37d59fdc21285a2cdd51c797e613f066101008d0160e08e01615359565b613f186101208e016101008f01615340565b6040805167ffffffffffffffff90931683526001600160801b03918216602084015281891690830152808c1660608301528a16608082015260a00160405180910390a4505050509250929050565b7f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005c15610fd0576040517f3ee5aeb500000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80825d5050565b6040517fa9059cbb000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038616600452602485905291602083604481808b5af1925060015f51148316614035578383151615614029573d5f823e3d81fd5b5f873b113d1516831692505b60405250949350505050565b5f61271061405c61ffff84166001600160801b038716615519565b6140669190615530565b61271061408061ffff85166001600160801b038716615519565b61408a9190615530565b61267b9190615427565b5f306001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000161480156140ec57507f000000000000000000000000000000000000000000000000000000000000000046145b1561411657507f000000000000000000000000000000000000000000000000000000000000000090565b613145604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b6141cb8484848460016148da565b612d9e57604051635274afe760e01b81526001600160a01b0385166004820152602401610b35565b5f5460ff16610fd0576040517f8dfc202b00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f818152600b6020526040812080548291906001600160801b0380821691600160801b90041661426661012088016101008901615340565b9350816001600160801b0316846001600160801b03161115614286578193505b600161429860a0890160808a01615327565b1660ff165f141580156142cd57506142b861014088016101208901615340565b6001600160801b0316846001600160801b0316115b156142e7576142e461014088016101208901615340565b93505b806001600160801b0316846001600160801b0316111561430c575f9450505050610fec565b5f868152600c602052604090205464ffffffffff1664fffffffffe190161433b57600294509250610fec915050565b816001600160801b03165f0361435957600194509250610fec915050565b6001600160801b03811661437561012089016101008a01615340565b6001600160801b03161161439157600394509250610fec915050565b806001600160801b0316826001600160801b031611156143b25760056143b5565b60045b97909650945050505050565b5f836001600160a01b03831615806143fd57506001600160a01b0383166143f16106a36060840160408501614b48565b6001600160a01b031614155b1561440c576006915050610c3f565b5f61441a610ec5868861451b565b905061445b610160870160045f6144376060870160408801614b48565b6001600160a01b03908116825260208201929092526040015f205484929116612648565b61446a57600792505050610c3f565b600261447c60a0840160808501615327565b1660ff165f146144a657614497610427826101a08901612d14565b6144a657600892505050610c3f565b60016144b860a0840160808501615327565b1660ff165f14614510575f6144dc610ec587612c626101408b016101208c01615340565b90506144fe6101e088016144f66040860160208701614b48565b839190612648565b61450e5760099350505050610c3f565b505b505f95945050505050565b5f7feb1e51fc05ca862dfaed7d2c2a8796f184483d8fad67659a77192b6d330cd2d38361454f610100850160e08601615359565b61456161012086016101008701615340565b60408051602081019590955284019290925267ffffffffffffffff1660608301526001600160801b0316608082015261014083013560a082015260c0016125e3565b604080517fd796893d3d11dce34df72d1afcdfc0d2b378b7c0a0014f94748fbe505846ed3a60208201529081018290525f90606001613b0c565b604080517f13c29867115de8babeb9f1b2d088a3a43564698a95023694ff2de7d9e8aa729f60208201529081018390526001600160801b03821660608201525f906080016125e3565b5f80807f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8416601b60ff86901c0161466088828985614960565b94509450945050505b93509350939050565b5f846001600160a01b03163b5f036146d1575f5f614691868686614a28565b5090925090505f8160038111156146aa576146aa614c7e565b1480156146c85750866001600160a01b0316826001600160a01b0316145b9250505061267b565b6146dd85858585614a6a565b905061267b565b6001600160a01b038116158061470257506001600160a01b03811630145b15610bee57604051635360a43b60e01b81526001600160a01b0382166004820152602401610b35565b600780546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b60605f61478883614aed565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b5f7f2fde62aa8cecf2ae8e11cc4b3c6984c0a7446ec6a54c63e4ace168fca7dbe62c6147e86020840184614b48565b6147f86040850160208601614b48565b6148086060860160408701615340565b6148186080870160608801615340565b61482860a08801608089016152dd565b61483860c0890160a08a01615359565b6040805160208101989098526001600160a01b03968716908801529490931660608601526001600160801b0391821660808601521660a084015264ffffffffff1660c083015267ffffffffffffffff1660e082015261010001613b0c565b80821115610db2576040517fcc95741f0000000000000000000000000000000000000000000000000000000081526004810183905260248101829052604401610b35565b6040517f23b872dd000000000000000000000000000000000000000000000000000000005f8181526001600160a01b038781166004528616602452604485905291602083606481808c5af1925060015f5114831661494f578383151615614943573d5f823e3d81fd5b5f883b113d1516831692505b604052505f60605295945050505050565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084111561499957505f91506003905082614a1e565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa1580156149ea573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b038116614a1557505f925060019150829050614a1e565b92505f91508190505b9450945094915050565b5f80806041849003614a5c578435602086013560408701355f1a614a4e89828585614960565b955095509550505050614669565b505f91506002905082614669565b604080517f1626ba7e00000000000000000000000000000000000000000000000000000000808252600482018690526024820192909252604481018390525f91908390818660648301375f82606483010152601f820160051c60051b915060205f60648401838b5afa9050825f5114601f3d111681169350505050949350505050565b5f60ff8216601f811115611ede576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b80356001600160a01b0381168114614b43575f5ffd5b919050565b5f60208284031215614b58575f5ffd5b610c3f82614b2d565b5f60e08284031215614b71575f5ffd5b50919050565b5f60e08284031215614b87575f5ffd5b610c3f8383614b61565b80356001600160801b0381168114614b43575f5ffd5b5f60408284031215614b71575f5ffd5b5f5f5f6101408486031215614bca575f5ffd5b614bd48585614b61565b9250614be260e08501614b91565b9150614bf2856101008601614ba7565b90509250925092565b5f60208284031215614c0b575f5ffd5b5035919050565b5f5f60408385031215614c23575f5ffd5b614c2c83614b2d565b946020939093013593505050565b5f6102208284031215614b71575f5ffd5b5f5f6102408385031215614c5d575f5ffd5b614c6683614b2d565b9150614c758460208501614c3a565b90509250929050565b634e487b7160e01b5f52602160045260245ffd5b600a8110614cae57634e487b7160e01b5f52602160045260245ffd5b9052565b60408101614cc08285614c92565b6001600160801b03831660208301529392505050565b5f6102208284031215614ce7575f5ffd5b610c3f8383614c3a565b803560ff81168114614b43575f5ffd5b5f5f5f5f5f60a08688031215614d15575f5ffd5b8535945060208601359350614d2c60408701614cf1565b94979396509394606081013594506080013592915050565b803567ffffffffffffffff81168114614b43575f5ffd5b5f5f5f5f60a08587031215614d6e575f5ffd5b84359350614d7e60208601614d44565b9250614d8c60408601614b91565b9150614d9b8660608701614ba7565b905092959194509250565b5f5f83601f840112614db6575f5ffd5b50813567ffffffffffffffff811115614dcd575f5ffd5b602083019150836020828501011115610fec575f5ffd5b5f5f5f5f5f60808688031215614df8575f5ffd5b614e0186614b2d565b9450614e0f60208701614b2d565b935060408601359250606086013567ffffffffffffffff811115614e31575f5ffd5b614e3d88828901614da6565b969995985093965092949392505050565b5f5f60208385031215614e5f575f5ffd5b823567ffffffffffffffff811115614e75575f5ffd5b8301601f81018513614e85575f5ffd5b803567ffffffffffffffff811115614e9b575f5ffd5b8560208260051b8401011115614eaf575f5ffd5b6020919091019590945092505050565b602080825282518282018190525f918401906040840190835b81811015614f2b5783516001600160801b0381511684526001600160801b03602082015116602085015264ffffffffff604082015116604085015250606083019250602084019350600181019050614ed8565b509095945050505050565b5f5f5f60808486031215614f48575f5ffd5b614f5184614b2d565b9250614f5f60208501614b2d565b9150614bf28560408601614ba7565b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f614fd660e0830189614f6e565b8281036040840152614fe88189614f6e565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b8181101561503d57835183526020938401939092019160010161501f565b50909b9a5050505050505050505050565b5f60c08284031215614b71575f5ffd5b5f5f5f6101008486031215615071575f5ffd5b61507a84614b2d565b925060208401359150614bf2856040860161504e565b5f5f61010083850312156150a2575f5ffd5b6150ac8484614b61565b9150614c7560e08401614b91565b803561ffff81168114614b43575f5ffd5b5f602082840312156150db575f5ffd5b610c3f826150ba565b5f5f5f5f5f6101e086880312156150f9575f5ffd5b6151038787614b61565b945061511160e08701614b91565b935061512187610100880161504e565b92506101c086013567ffffffffffffffff811115614e31575f5ffd5b5f5f5f5f6101208587031215615151575f5ffd5b61515b8686614b61565b935061516960e08601614b91565b925061010085013567ffffffffffffffff811115615185575f5ffd5b61519187828801614da6565b95989497509550505050565b5f5f5f5f5f5f60c087890312156151b2575f5ffd5b6151bb87614b2d565b95506151c960208801614b2d565b94506151d760408801614b2d565b93506151e68860608901614ba7565b925060a087013567ffffffffffffffff811115615201575f5ffd5b61520d89828a01614da6565b979a9699509497509295939492505050565b5f5f60408385031215615230575f5ffd5b61523983614b2d565b9150614c7560208401614b2d565b5f5f5f60408486031215615259575f5ffd5b61526284614b2d565b9250602084013567ffffffffffffffff81111561527d575f5ffd5b8401601f8101861361528d575f5ffd5b803567ffffffffffffffff8111156152a3575f5ffd5b866020610220830284010111156152b8575f5ffd5b939660209190910195509293505050565b803564ffffffffff81168114614b43575f5ffd5b5f602082840312156152ed575f5ffd5b610c3f826152c9565b634e487b7160e01b5f52601160045260245ffd5b64ffffffffff8181168382160190811115611ede57611ede6152f6565b5f60208284031215615337575f5ffd5b610c3f82614cf1565b5f60208284031215615350575f5ffd5b610c3f82614b91565b5f60208284031215615369575f5ffd5b610c3f82614d44565b634e487b7160e01b5f52604160045260245ffd5b634e487b7160e01b5f52603260045260245ffd5b5f602082840312156153aa575f5ffd5b5051919050565b5f600182016153c2576153c26152f6565b5060010190565b5f67ffffffffffffffff821667ffffffffffffffff81036153ec576153ec6152f6565b60010192915050565b80820180821115611ede57611ede6152f6565b6001600160801b038281168282160390811115611ede57611ede6152f6565b81810381811115611ede57611ede6152f6565b6001600160801b038181168382160190811115611ede57611ede6152f6565b6001600160801b038316815261010081016001600160a01b0361547b84614b2d565b1660208301526001600160a01b0361549560208501614b2d565b1660408301526001600160a01b036154af60408501614b2d565b16606083015261ffff6154c4606085016150ba565b16608083015260ff6154d860808501614cf1565b1660a08301526154ea60a084016152c9565b64ffffffffff811660c08401525060c0929092013560e09190910152919050565b60208101611ede8284614c92565b8082028115828204841417611ede57611ede6152f6565b5f8261554a57634e487b7160e01b5f52601260045260245ffd5b50049056"
} as const
