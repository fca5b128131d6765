// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CprEscrow} from "../CprEscrow.sol";
import {Hashes} from "../Hashes.sol";
import {TestUSD} from "../TestUSD.sol";
import {Claim, Signature, SpendAuthorization, Terms} from "../Types.sol";

interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function prank(address sender) external;
    function warp(uint256 timestamp) external;
    function assume(bool condition) external pure;
    function expectRevert(bytes calldata reason) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @dev Keys, digests and claims with real signatures, and an escrow to use them on. The owner is this contract.
abstract contract Kit {
    uint256 internal constant PLANE = 0xC0;
    uint16 internal constant FEE = 1_500;
    address internal constant TREASURY = address(0x7777);
    uint128 internal constant MAX = type(uint128).max;

    TestUSD public usd;
    CprEscrow public escrow;
    bytes32 private separator;

    function deploy() internal {
        vm.warp(1_767_225_600);
        usd = new TestUSD();
        escrow = new CprEscrow(usd, address(this), TREASURY, vm.addr(PLANE), FEE);
        separator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Infernet CPR"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
    }

    function digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    function compact(uint256 key, bytes32 hash) internal pure returns (Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return Signature(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }

    function packed(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function voucherOf(bytes32 id, uint128 ceiling) internal view returns (bytes32) {
        return digest(keccak256(abi.encode(Hashes.SPEND_VOUCHER, id, ceiling)));
    }

    function receiptOf(bytes32 id, Claim memory c) internal view returns (bytes32) {
        return digest(keccak256(abi.encode(Hashes.COMPUTE_RECEIPT, id, c.seq, c.cumulative, c.usageHash)));
    }

    /// @dev A claim of these amounts, signed by these keys.
    function claimOf(
        Terms memory terms,
        uint64 seq,
        uint128 cumulative,
        uint128 ceiling,
        uint256 nodeKey,
        uint256 planeKey,
        uint256 sessionKey
    ) internal view returns (Claim memory c) {
        bytes32 id = escrow.channelIdOf(terms);
        c.terms = terms;
        c.seq = seq;
        c.cumulative = cumulative;
        c.ceiling = ceiling;
        c.usageHash = keccak256(abi.encode(seq));
        bytes32 receipt = receiptOf(id, c);
        c.nodeSignature = compact(nodeKey, receipt);
        c.controlPlaneSignature = compact(planeKey, receipt);
        c.payerSignature = compact(sessionKey, voucherOf(id, ceiling));
    }

    /// @dev The same claim to be announced: the node signs DelayedClaim of the receipt.
    function delayed(Claim memory c, uint256 nodeKey) internal view returns (Claim memory) {
        bytes32 receipt = receiptOf(escrow.channelIdOf(c.terms), c);
        c.nodeSignature = compact(nodeKey, digest(keccak256(abi.encode(Hashes.DELAYED_CLAIM, receipt))));
        return c;
    }

    function answerOf(bytes32 id, uint64 seq, uint128 admitted, uint256 key) internal view returns (Signature memory) {
        return compact(key, digest(keccak256(abi.encode(Hashes.CLAIM_ANSWER, id, seq, admitted))));
    }

    function redeem(address payout, Claim memory c) internal returns (uint256) {
        Claim[] memory claims = new Claim[](1);
        claims[0] = c;
        return escrow.redeem(payout, claims);
    }

    function register(uint256 nodeKey, address operator, address payout) internal {
        address node = vm.addr(nodeKey);
        bytes32 hash = digest(keccak256(abi.encode(Hashes.REGISTER_NODE, node, operator, payout)));
        vm.prank(operator);
        escrow.registerNode(node, payout, compact(nodeKey, hash));
    }

    function fund(address payer, uint256 amount) internal {
        usd.mint(payer, amount);
        vm.prank(payer);
        usd.approve(address(escrow), type(uint256).max);
        vm.prank(payer);
        escrow.deposit(amount);
    }

    function authorization(uint256 payerKey, address delegate, uint128 total, uint128 each, uint64 epoch)
        internal
        view
        returns (SpendAuthorization memory a, bytes memory signature, bytes32 hash)
    {
        a = SpendAuthorization(vm.addr(payerKey), delegate, total, each, type(uint40).max, epoch);
        hash = digest(
            keccak256(
                abi.encode(
                    Hashes.SPEND_AUTHORIZATION, a.payer, a.delegate, a.maxTotal, a.maxPerChannel, a.validUntil, a.epoch
                )
            )
        );
        signature = packed(payerKey, hash);
    }

    function least(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function equal(uint256 a, uint256 b, string memory what) internal pure {
        require(a == b, what);
    }
}
