/**
 * A test dollar for local chains, compiled. Worth nothing.
 *
 * Made by `bun run contracts`; not to be edited.
 */
export const TestUSD = {
  solc: "0.8.37+commit.f401782d.Emscripten.clang",
  settingsHash: "2deae4af094e638387f9b2eef1a93b36867f97867c30d11f57da4a5536eac067",
  sourcesHash: "79709356a6d3e296c94509c5c82d4f97a5dc2fca71daee54966d72098ecac3b6",
  abi: [
    {
      inputs: [],
      stateMutability: "nonpayable",
      type: "constructor"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "account",
          type: "address"
        }
      ],
      name: "Blacklisted",
      type: "error"
    },
    {
      inputs: [],
      name: "ECDSAInvalidSignature",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "length",
          type: "uint256"
        }
      ],
      name: "ECDSAInvalidSignatureLength",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "bytes32",
          name: "s",
          type: "bytes32"
        }
      ],
      name: "ECDSAInvalidSignatureS",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "spender",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "allowance",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "needed",
          type: "uint256"
        }
      ],
      name: "ERC20InsufficientAllowance",
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
          internalType: "uint256",
          name: "balance",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "needed",
          type: "uint256"
        }
      ],
      name: "ERC20InsufficientBalance",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "approver",
          type: "address"
        }
      ],
      name: "ERC20InvalidApprover",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "receiver",
          type: "address"
        }
      ],
      name: "ERC20InvalidReceiver",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "sender",
          type: "address"
        }
      ],
      name: "ERC20InvalidSender",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "spender",
          type: "address"
        }
      ],
      name: "ERC20InvalidSpender",
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
      name: "ERC2612ExpiredSignature",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "signer",
          type: "address"
        },
        {
          internalType: "address",
          name: "owner",
          type: "address"
        }
      ],
      name: "ERC2612InvalidSigner",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "uint256",
          name: "validAfter",
          type: "uint256"
        },
        {
          internalType: "uint256",
          name: "validBefore",
          type: "uint256"
        }
      ],
      name: "ERC3009InvalidAuthorizationTime",
      type: "error"
    },
    {
      inputs: [],
      name: "ERC3009InvalidSignature",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "authorizer",
          type: "address"
        },
        {
          internalType: "bytes32",
          name: "nonce",
          type: "bytes32"
        }
      ],
      name: "ERC3009UsedAuthorization",
      type: "error"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "account",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "currentNonce",
          type: "uint256"
        }
      ],
      name: "InvalidAccountNonce",
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
          internalType: "uint8",
          name: "bits",
          type: "uint8"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "SafeCastOverflowedUintDowncast",
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
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "owner",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "spender",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "Approval",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "authorizer",
          type: "address"
        },
        {
          indexed: true,
          internalType: "bytes32",
          name: "nonce",
          type: "bytes32"
        }
      ],
      name: "AuthorizationCanceled",
      type: "event"
    },
    {
      anonymous: false,
      inputs: [
        {
          indexed: true,
          internalType: "address",
          name: "authorizer",
          type: "address"
        },
        {
          indexed: true,
          internalType: "bytes32",
          name: "nonce",
          type: "bytes32"
        }
      ],
      name: "AuthorizationUsed",
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
          indexed: true,
          internalType: "address",
          name: "from",
          type: "address"
        },
        {
          indexed: true,
          internalType: "address",
          name: "to",
          type: "address"
        },
        {
          indexed: false,
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "Transfer",
      type: "event"
    },
    {
      inputs: [],
      name: "DOMAIN_SEPARATOR",
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
          internalType: "address",
          name: "owner",
          type: "address"
        },
        {
          internalType: "address",
          name: "spender",
          type: "address"
        }
      ],
      name: "allowance",
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
          name: "spender",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "approve",
      outputs: [
        {
          internalType: "bool",
          name: "",
          type: "bool"
        }
      ],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "authorizer",
          type: "address"
        },
        {
          internalType: "bytes32",
          name: "nonce",
          type: "bytes32"
        }
      ],
      name: "authorizationState",
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
          name: "account",
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
          internalType: "address",
          name: "authorizer",
          type: "address"
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
      name: "cancelAuthorization",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "decimals",
      outputs: [
        {
          internalType: "uint8",
          name: "",
          type: "uint8"
        }
      ],
      stateMutability: "pure",
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
      inputs: [
        {
          internalType: "address",
          name: "account",
          type: "address"
        }
      ],
      name: "isBlacklisted",
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
          name: "to",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "amount",
          type: "uint256"
        }
      ],
      name: "mint",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "name",
      outputs: [
        {
          internalType: "string",
          name: "",
          type: "string"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "owner",
          type: "address"
        }
      ],
      name: "nonces",
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
      inputs: [
        {
          internalType: "address",
          name: "owner",
          type: "address"
        },
        {
          internalType: "address",
          name: "spender",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
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
      name: "permit",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "from",
          type: "address"
        },
        {
          internalType: "address",
          name: "to",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        },
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
      name: "receiveWithAuthorization",
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
          internalType: "address",
          name: "account",
          type: "address"
        },
        {
          internalType: "bool",
          name: "blacklisted",
          type: "bool"
        }
      ],
      name: "setBlacklisted",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [],
      name: "symbol",
      outputs: [
        {
          internalType: "string",
          name: "",
          type: "string"
        }
      ],
      stateMutability: "view",
      type: "function"
    },
    {
      inputs: [],
      name: "totalSupply",
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
          name: "to",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "transfer",
      outputs: [
        {
          internalType: "bool",
          name: "",
          type: "bool"
        }
      ],
      stateMutability: "nonpayable",
      type: "function"
    },
    {
      inputs: [
        {
          internalType: "address",
          name: "from",
          type: "address"
        },
        {
          internalType: "address",
          name: "to",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        }
      ],
      name: "transferFrom",
      outputs: [
        {
          internalType: "bool",
          name: "",
          type: "bool"
        }
      ],
      stateMutability: "nonpayable",
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
      inputs: [
        {
          internalType: "address",
          name: "from",
          type: "address"
        },
        {
          internalType: "address",
          name: "to",
          type: "address"
        },
        {
          internalType: "uint256",
          name: "value",
          type: "uint256"
        },
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
      name: "transferWithAuthorization",
      outputs: [],
      stateMutability: "nonpayable",
      type: "function"
    }
  ],
  bytecode:
    "0x610160604052348015610010575f5ffd5b50336040518060400160405280600881526020016715195cdd081554d160c21b81525080604051806040016040528060018152602001603160f81b8152506040518060400160405280600881526020016715195cdd081554d160c21b815250604051806040016040528060048152602001631d1554d160e21b815250816003908161009b91906102cb565b5060046100a882826102cb565b5050506100ba8261019a60201b60201c565b610120526100c78161019a565b61014052815160208084019190912060e052815190820120610100524660a05261015360e05161010051604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201529081019290925260608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b60805250503060c052506001600160a01b03811661018b57604051631e4fbdf760e01b81525f60048201526024015b60405180910390fd5b610194816101d7565b506103e1565b5f5f829050601f815111156101c4578260405163305a27a960e01b81526004016101829190610389565b80516101cf826103be565b179392505050565b600980546001600160a01b038381166001600160a01b0319831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b634e487b7160e01b5f52604160045260245ffd5b600181811c9082168061025057607f821691505b60208210810361026e57634e487b7160e01b5f52602260045260245ffd5b50919050565b601f8211156102c657828211156102c657805f5260205f20601f840160051c602085101561029f57505f5b90810190601f840160051c035f5b818110156102c2575f838201556001016102ad565b5050505b505050565b81516001600160401b038111156102e4576102e4610228565b6102f8816102f2845461023c565b84610274565b6020601f82116001811461032a575f83156103135750848201515b5f19600385901b1c1916600184901b178455610382565b5f84815260208120601f198516915b828110156103595787850151825560209485019460019092019101610339565b508482101561037657868401515f19600387901b60f8161c191681555b505060018360011b0184555b5050505050565b602081525f82518060208401528060208501604085015e5f604082850101526040601f19601f83011684010191505092915050565b8051602080830151919081101561026e575f1960209190910360031b1b16919050565b60805160a05160c05160e0516101005161012051610140516118aa6104325f395f610db901525f610d8e01525f610b9e01525f610b7601525f610ad101525f610afb01525f610b2501526118aa5ff3fe608060405234801561000f575f5ffd5b5060043610610184575f3560e01c806384b0196e116100dd578063dd62ed3e11610088578063ef55bec611610063578063ef55bec61461036a578063f2fde38b1461037d578063fe575a8714610390575f5ffd5b8063dd62ed3e146102e7578063e3ee160e1461031f578063e94a010214610332575f5ffd5b8063a9059cbb116100b8578063a9059cbb146102ae578063d01dd6d2146102c1578063d505accf146102d4575f5ffd5b806384b0196e146102705780638da5cb5b1461028b57806395d89b41146102a6575f5ffd5b80633644e5151161013d57806370a082311161011857806370a082311461022d578063715018a6146102555780637ecebe001461025d575f5ffd5b80633644e515146101fd57806340c10f19146102055780635a049a701461021a575f5ffd5b806318160ddd1161016d57806318160ddd146101c957806323b872dd146101db578063313ce567146101ee575f5ffd5b806306fdde0314610188578063095ea7b3146101a6575b5f5ffd5b6101906103b2565b60405161019d9190611539565b60405180910390f35b6101b96101b436600461156d565b610442565b604051901515815260200161019d565b6002545b60405190815260200161019d565b6101b96101e9366004611595565b61045b565b6040516006815260200161019d565b6101cd61047e565b61021861021336600461156d565b61048c565b005b6102186102283660046115df565b6104a2565b6101cd61023b366004611629565b6001600160a01b03165f9081526020819052604090205490565b61021861055a565b6101cd61026b366004611629565b61056d565b61027861058a565b60405161019d9796959493929190611642565b6009546040516001600160a01b03909116815260200161019d565b6101906105e8565b6101b96102bc36600461156d565b6105f7565b6102186102cf3660046116f4565b610604565b6102186102e236600461172d565b610636565b6101cd6102f5366004611793565b6001600160a01b039182165f90815260016020908152604080832093909416825291909152205490565b61021861032d3660046117c4565b6107a3565b6101b961034036600461156d565b6001600160a01b03919091165f908152600860209081526040808320938352929052205460ff1690565b6102186103783660046117c4565b61085f565b61021861038b366004611629565b610952565b6101b961039e366004611629565b600a6020525f908152604090205460ff1681565b6060600380546103c19061183f565b80601f01602080910402602001604051908101604052809291908181526020018280546103ed9061183f565b80156104385780601f1061040f57610100808354040283529160200191610438565b820191905f5260205f20905b81548152906001019060200180831161041b57829003601f168201915b5050505050905090565b5f3361044f8185856109a8565b60019150505b92915050565b5f336104688582856109ba565b610473858585610a4f565b506001949350505050565b5f610487610ac5565b905090565b610494610bee565b61049e8282610c34565b5050565b604080517f158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a159742960208201526001600160a01b03871691810191909152606081018590525f90610509906080015b60405160208183030381529060405280519060200120610c68565b905061051781858585610caf565b6001600160a01b0316866001600160a01b03161461054857604051631df081fd60e21b815260040160405180910390fd5b6105528686610cdb565b505050505050565b610562610bee565b61056b5f610d1e565b565b6001600160a01b0381165f90815260076020526040812054610455565b5f6060805f5f5f606061059b610d87565b6105a3610db2565b604080515f808252602082019092527f0f000000000000000000000000000000000000000000000000000000000000009b939a50919850469750309650945092509050565b6060600480546103c19061183f565b5f3361044f818585610a4f565b61060c610bee565b6001600160a01b03919091165f908152600a60205260409020805460ff1916911515919091179055565b83421115610678576040517f62791302000000000000000000000000000000000000000000000000000000008152600481018590526024015b60405180910390fd5b5f7f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c98888886106c38c6001600160a01b03165f90815260076020526040902080546001810190915590565b6040805160208101969096526001600160a01b0394851690860152929091166060840152608083015260a082015260c0810186905260e0016040516020818303038152906040528051906020012090505f61071d82610c68565b90505f61072c82878787610caf565b9050896001600160a01b0316816001600160a01b03161461078c576040517f4b800e460000000000000000000000000000000000000000000000000000000081526001600160a01b0380831660048301528b16602482015260440161066f565b6107978a8a8a6109a8565b50505050505050505050565b604080517f7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a226760208201526001600160a01b03808c169282019290925290891660608201526080810188905260a0810187905260c0810186905260e081018590525f9061081290610100016104ee565b905061082081858585610caf565b6001600160a01b03168a6001600160a01b03161461085157604051631df081fd60e21b815260040160405180910390fd5b6107978a8a8a8a8a8a610ddd565b604080517fd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de860208201526001600160a01b03808c169282019290925290891660608201526080810188905260a0810187905260c0810186905260e081018590525f906108ce90610100016104ee565b90506108dc81858585610caf565b6001600160a01b03168a6001600160a01b03161461090d57604051631df081fd60e21b815260040160405180910390fd5b886001600160a01b03811633146109435760405163ec442f0560e01b81526001600160a01b03909116600482015260240161066f565b506107978a8a8a8a8a8a610ddd565b61095a610bee565b6001600160a01b03811661099c576040517f1e4fbdf70000000000000000000000000000000000000000000000000000000081525f600482015260240161066f565b6109a581610d1e565b50565b6109b58383836001610e31565b505050565b6001600160a01b038381165f908152600160209081526040808320938616835292905220545f19811015610a495781811015610a3b576040517ffb8f41b20000000000000000000000000000000000000000000000000000000081526001600160a01b0384166004820152602481018290526044810183905260640161066f565b610a4984848484035f610e31565b50505050565b6001600160a01b038316610a91576040517f96c6fd1e0000000000000000000000000000000000000000000000000000000081525f600482015260240161066f565b6001600160a01b038216610aba5760405163ec442f0560e01b81525f600482015260240161066f565b6109b5838383610f35565b5f306001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016148015610b1d57507f000000000000000000000000000000000000000000000000000000000000000046145b15610b4757507f000000000000000000000000000000000000000000000000000000000000000090565b610487604080517f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f60208201527f0000000000000000000000000000000000000000000000000000000000000000918101919091527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a08201525f9060c00160405160208183030381529060405280519060200120905090565b6009546001600160a01b0316331461056b576040517f118cdaa700000000000000000000000000000000000000000000000000000000815233600482015260240161066f565b6001600160a01b038216610c5d5760405163ec442f0560e01b81525f600482015260240161066f565b61049e5f8383610f35565b5f610455610c74610ac5565b836040517f19010000000000000000000000000000000000000000000000000000000000008152600281019290925260228201526042902090565b5f5f5f5f610cbf88888888610ffa565b925092509250610ccf82826110c2565b50909695505050505050565b610ce582826111c5565b60405181906001600160a01b038416907f1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81905f90a35050565b600980546001600160a01b038381167fffffffffffffffffffffffff0000000000000000000000000000000000000000831681179093556040519116919082907f8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0905f90a35050565b60606104877f0000000000000000000000000000000000000000000000000000000000000000611268565b60606104877f0000000000000000000000000000000000000000000000000000000000000000611268565b610de783836112a5565b610df186826111c5565b60405181906001600160a01b038816907f98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5905f90a3610552868686610a4f565b6001600160a01b038416610e73576040517fe602df050000000000000000000000000000000000000000000000000000000081525f600482015260240161066f565b6001600160a01b038316610eb5576040517f94280d620000000000000000000000000000000000000000000000000000000081525f600482015260240161066f565b6001600160a01b038085165f9081526001602090815260408083209387168352929052208290558015610a4957826001600160a01b0316846001600160a01b03167f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92584604051610f2791815260200190565b60405180910390a350505050565b6001600160a01b0383165f908152600a602052604090205460ff1615610f92576040517fffa4e6180000000000000000000000000000000000000000000000000000000081526001600160a01b038416600482015260240161066f565b6001600160a01b0382165f908152600a602052604090205460ff1615610fef576040517fffa4e6180000000000000000000000000000000000000000000000000000000081526001600160a01b038316600482015260240161066f565b6109b583838361132d565b5f80807f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084111561103357505f915060039050826110b8565b604080515f808252602082018084528a905260ff891692820192909252606081018790526080810186905260019060a0016020604051602081039080840390855afa158015611084573d5f5f3e3d5ffd5b5050604051601f1901519150506001600160a01b0381166110af57505f9250600191508290506110b8565b92505f91508190505b9450945094915050565b5f8260038111156110d5576110d5611877565b036110de575050565b60018260038111156110f2576110f2611877565b03611129576040517ff645eedf00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b600282600381111561113d5761113d611877565b03611177576040517ffce698f70000000000000000000000000000000000000000000000000000000081526004810182905260240161066f565b600382600381111561118b5761118b611877565b0361049e576040517fd78bce0c0000000000000000000000000000000000000000000000000000000081526004810182905260240161066f565b6001600160a01b0382165f9081526008602090815260408083208484529091529020548290829060ff1615611237576040517f8f7808c10000000000000000000000000000000000000000000000000000000081526001600160a01b039092166004830152602482015260440161066f565b50506001600160a01b039091165f90815260086020908152604080832093835292905220805460ff19166001179055565b60605f6112748361146c565b6040805160208082528183019092529192505f91906020820181803683375050509182525060208101929092525090565b81811665800000000000165f81156112c4576112bf6114ac565b6112cc565b6112cc6114b6565b65ffffffffffff16905081198416811180156112ea57508119831681105b84849091610552576040517f4a931c170000000000000000000000000000000000000000000000000000000081526004810192909252602482015260440161066f565b6001600160a01b038316611357578060025f82825461134c919061188b565b909155506113e09050565b6001600160a01b0383165f90815260208190526040902054818110156113c2576040517fe450d38c0000000000000000000000000000000000000000000000000000000081526001600160a01b0385166004820152602481018290526044810183905260640161066f565b6001600160a01b0384165f9081526020819052604090209082900390555b6001600160a01b0382166113fc5760028054829003905561141a565b6001600160a01b0382165f9081526020819052604090208054820190555b816001600160a01b0316836001600160a01b03167fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef8360405161145f91815260200190565b60405180910390a3505050565b5f60ff8216601f811115610455576040517fb3512b0c00000000000000000000000000000000000000000000000000000000815260040160405180910390fd5b5f610487436114bc565b5f610487425b5f65ffffffffffff821115611507576040517f6dfcc650000000000000000000000000000000000000000000000000000000008152603060048201526024810183905260440161066f565b5090565b5f81518084528060208401602086015e5f602082860101526020601f19601f83011685010191505092915050565b602081525f61154b602083018461150b565b9392505050565b80356001600160a01b0381168114611568575f5ffd5b919050565b5f5f6040838503121561157e575f5ffd5b61158783611552565b946020939093013593505050565b5f5f5f606084860312156115a7575f5ffd5b6115b084611552565b92506115be60208501611552565b929592945050506040919091013590565b803560ff81168114611568575f5ffd5b5f5f5f5f5f60a086880312156115f3575f5ffd5b6115fc86611552565b945060208601359350611611604087016115cf565b94979396509394606081013594506080013592915050565b5f60208284031215611639575f5ffd5b61154b82611552565b7fff000000000000000000000000000000000000000000000000000000000000008816815260e060208201525f61167c60e083018961150b565b828103604084015261168e818961150b565b606084018890526001600160a01b038716608085015260a0840186905283810360c0850152845180825260208087019350909101905f5b818110156116e35783518352602093840193909201916001016116c5565b50909b9a5050505050505050505050565b5f5f60408385031215611705575f5ffd5b61170e83611552565b915060208301358015158114611722575f5ffd5b809150509250929050565b5f5f5f5f5f5f5f60e0888a031215611743575f5ffd5b61174c88611552565b965061175a60208901611552565b95506040880135945060608801359350611776608089016115cf565b9699959850939692959460a0840135945060c09093013592915050565b5f5f604083850312156117a4575f5ffd5b6117ad83611552565b91506117bb60208401611552565b90509250929050565b5f5f5f5f5f5f5f5f5f6101208a8c0312156117dd575f5ffd5b6117e68a611552565b98506117f460208b01611552565b975060408a0135965060608a0135955060808a0135945060a08a0135935061181e60c08b016115cf565b989b979a50959894979396929550929360e081013593506101000135919050565b600181811c9082168061185357607f821691505b60208210810361187157634e487b7160e01b5f52602260045260245ffd5b50919050565b634e487b7160e01b5f52602160045260245ffd5b8082018082111561045557634e487b7160e01b5f52601160045260245ffd"
} as const
