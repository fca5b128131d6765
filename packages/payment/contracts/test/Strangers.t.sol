// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {CprEscrow} from "../CprEscrow.sol";
import {Hashes} from "../Hashes.sol";
import {Nodes} from "../Nodes.sol";
import {Pool} from "../Pool.sol";
import {Terms} from "../Types.sol";
import {Kit, vm} from "./Kit.sol";

/// @dev A wallet that is a contract and signs what its owner signs (EIP-1271).
contract ContractWallet is IERC1271 {
    bytes32 private allowed;

    function allow(bytes32 hash) external {
        allowed = hash;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return hash == allowed ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @dev Keeps a hundredth of what is sent.
contract GreedyToken is ERC20("Greedy", "G") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0)) return super._update(from, to, amount);
        super._update(from, address(0xFEE), amount / 100);
        super._update(from, to, amount - amount / 100);
    }
}

/// @dev Calls back into who moves it.
contract NosyToken is ERC20("Nosy", "N") {
    address private target;
    bytes private data;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function call(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (target == address(0)) return;
        (bool done, bytes memory reason) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }
}

/// @dev Wallets that are contracts, and tokens that the escrow must not trust.
contract StrangersTest is Kit {
    uint256 private constant NODE = 0xB1;

    function setUp() public {
        deploy();
        register(NODE, address(0x0B), address(0xCAFE));
    }

    function test_aContractWalletOpensByItsOwnRules() public {
        ContractWallet wallet = new ContractWallet();
        fund(address(wallet), 1e6);
        Terms memory terms = Terms(address(wallet), address(0xA2), vm.addr(NODE), FEE, 3, 1 days, 0);
        bytes32 id = escrow.channelIdOf(terms);
        bytes32 hash = digest(keccak256(abi.encode(Hashes.OPEN_CHANNEL, id, uint128(5e5), uint256(0))));
        vm.expectRevert(abi.encodeWithSelector(Nodes.InvalidSignature.selector, address(wallet)));
        escrow.openWithSignature(terms, 5e5, "");
        wallet.allow(hash);
        escrow.openWithSignature(terms, 5e5, "");
        (uint128 reserved,) = escrow.channels(id);
        equal(reserved, 5e5, "reserved");
    }

    function test_aContractWalletOperatesANodeWithoutGas() public {
        ContractWallet wallet = new ContractWallet();
        address node = vm.addr(0xB2);
        bytes32 hash = digest(keccak256(abi.encode(Hashes.REGISTER_NODE, node, address(wallet), address(0xCAFE))));
        wallet.allow(hash);
        escrow.registerNodeFor(node, address(wallet), address(0xCAFE), compact(0xB2, hash), "");
        hash = digest(keccak256(abi.encode(Hashes.SET_PAYOUT, node, address(0xF00D), uint256(0), type(uint256).max)));
        wallet.allow(hash);
        escrow.setPayoutFor(node, address(0xF00D), type(uint256).max, "");
        vm.warp(block.timestamp + 2 days);
        require(escrow.payoutOf(node) == address(0xF00D), "payout");
    }

    function test_aTokenThatTakesAFeeIsRefused() public {
        GreedyToken greedy = new GreedyToken();
        CprEscrow other = new CprEscrow(greedy, address(this), TREASURY, vm.addr(PLANE), FEE);
        greedy.mint(address(this), 1e6);
        greedy.approve(address(other), 1e6);
        vm.expectRevert(abi.encodeWithSelector(Pool.WrongAmountReceived.selector, 1e6, 99e4));
        other.deposit(1e6);
    }

    function test_aTokenCannotReenter() public {
        NosyToken nosy = new NosyToken();
        CprEscrow other = new CprEscrow(nosy, address(this), TREASURY, vm.addr(PLANE), FEE);
        nosy.mint(address(this), 3e6);
        nosy.approve(address(other), 3e6);
        other.deposit(1e6);
        // Withdrawing, depositing and collecting again from within the transfer of the first.
        reenter(nosy, other, abi.encodeCall(other.withdraw, (1)));
        reenter(nosy, other, abi.encodeCall(other.deposit, (1)));
        reenter(nosy, other, abi.encodeCall(other.withdrawFees, ()));
        reenter(nosy, other, abi.encodeCall(other.collect, (vm.addr(NODE))));
    }

    function reenter(NosyToken nosy, CprEscrow other, bytes memory inner) private {
        nosy.call(address(other), inner);
        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        other.withdraw(1e5);
        vm.expectRevert(abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        other.deposit(1e5);
        equal(other.balanceOf(address(this)), 1e6, "pool");
        equal(IERC20(address(nosy)).balanceOf(address(other)), 1e6, "held");
    }
}
