// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claim, Skip, SpendAuthorization, Terms} from "../Types.sol";
import {Kit, vm} from "./Kit.sol";

/// @dev What holds for all amounts, keys and orders of redeeming.
contract RedeemTest is Kit {
    uint256 private constant PAYER = 0xA1;
    uint256 private constant SESSION = 0xA2;
    uint256 private constant NODE = 0xB1;
    address private constant OPERATOR = address(0x0B);
    address private constant PAYOUT = address(0xCAFE);

    function setUp() public {
        deploy();
        register(NODE, OPERATOR, PAYOUT);
        fund(vm.addr(PAYER), 1e30);
    }

    function termsOf(uint8 need) private pure returns (Terms memory) {
        return Terms(vm.addr(PAYER), vm.addr(SESSION), vm.addr(NODE), FEE, need, 1 days, bytes32(uint256(need)));
    }

    function open(Terms memory terms, uint128 amount) private returns (bytes32) {
        vm.prank(terms.payer);
        escrow.open(terms, amount);
        return escrow.channelIdOf(terms);
    }

    function good(Terms memory terms, uint128 cumulative, uint128 ceiling) private view returns (Claim memory) {
        return claimOf(terms, 1, cumulative, ceiling, NODE, PLANE, SESSION);
    }

    function testFuzz_paysTheLeastOfReceiptCeilingAndReserve(uint128 cumulative, uint128 ceiling, uint96 reserve, uint8 need)
        public
    {
        need = 1 + need % 3;
        if (reserve == 0) reserve = 1;
        Terms memory terms = termsOf(need);
        bytes32 id = open(terms, reserve);
        uint256 due = least(cumulative, reserve);
        if (need != 2) due = least(due, ceiling);
        uint256 net = redeem(PAYOUT, good(terms, cumulative, ceiling));
        (, uint128 paid) = escrow.channels(id);
        equal(paid, due, "paid");
        equal(escrow.fees(), due * FEE / 10_000, "fee");
        equal(net, due - due * FEE / 10_000, "net");
        equal(usd.balanceOf(PAYOUT), net, "sent");
    }

    function testFuzz_manyRedemptionsPayWhatOneWould(uint32[8] memory steps) public {
        Terms memory terms = termsOf(3);
        open(terms, 1e18);
        uint128 cumulative;
        for (uint256 i; i < steps.length; ++i) {
            cumulative += steps[i];
            redeem(PAYOUT, good(terms, cumulative, cumulative));
        }
        equal(escrow.fees(), uint256(cumulative) * FEE / 10_000, "fees were rounded away");
        equal(usd.balanceOf(PAYOUT), cumulative - uint256(cumulative) * FEE / 10_000, "sent");
    }

    function testFuzz_theOrderOfReceiptsPaysNothingTwice(uint64 a, uint64 b, uint64 c) public {
        Terms memory terms = termsOf(3);
        bytes32 id = open(terms, MAX / 1e9);
        Claim[] memory claims = new Claim[](3);
        claims[0] = good(terms, a, MAX);
        claims[1] = good(terms, b, MAX);
        claims[2] = good(terms, c, MAX);
        escrow.redeem(PAYOUT, claims);
        (, uint128 paid) = escrow.channels(id);
        equal(paid, a > b ? (a > c ? a : c) : (b > c ? b : c), "more or less than the newest");
    }

    function testFuzz_aForeignKeyPaysNothing(uint256 key, uint8 whose) public {
        key = 1 + key % 1e60;
        whose = whose % 3;
        vm.assume(key != NODE && key != PLANE && key != SESSION);
        Terms memory terms = termsOf(3);
        open(terms, 1e6);
        Claim memory c = claimOf(
            terms, 1, 1e6, 1e6, whose == 0 ? key : NODE, whose == 1 ? key : PLANE, whose == 2 ? key : SESSION
        );
        (Skip reason,) = escrow.preview(PAYOUT, c);
        equal(uint8(reason), uint8(Skip.NodeSignature) + whose, "reason");
        equal(redeem(PAYOUT, c), 0, "paid");
    }

    function testFuzz_aChangedFieldPaysNothing(uint8 field, uint128 value) public {
        field = field % 6;
        Terms memory terms = termsOf(3);
        bytes32 id = open(terms, 1e6);
        Claim memory c = good(terms, 1e5, 1e5);
        if (field == 0) c.seq = uint64(value);
        if (field == 1) c.cumulative = value;
        if (field == 2) c.ceiling = value;
        if (field == 3) c.usageHash = bytes32(uint256(value));
        if (field == 4) c.terms.salt = bytes32(uint256(value));
        if (field == 5) c.terms.feeBps = uint16(value);
        vm.assume(field != 0 || c.seq != 1);
        vm.assume(field != 1 || value != 1e5);
        vm.assume(field != 2 || value != 1e5);
        vm.assume(field != 4 || value != 3);
        vm.assume(field != 5 || c.terms.feeBps != FEE);
        equal(redeem(PAYOUT, c), 0, "paid");
        (, uint128 paid) = escrow.channels(id);
        equal(paid, 0, "booked");
    }

    function testFuzz_aClosingReturnsTheRestToTheMicro(uint96 reserve, uint96 earned) public {
        if (reserve == 0) reserve = 1;
        Terms memory terms = termsOf(3);
        open(terms, reserve);
        uint256 pool = escrow.balanceOf(terms.payer);
        redeem(PAYOUT, good(terms, earned, earned));
        vm.prank(terms.payer);
        escrow.requestClose(terms);
        vm.warp(block.timestamp + 1 days);
        escrow.finishClose(terms);
        equal(escrow.balanceOf(terms.payer) - pool, reserve - least(earned, reserve), "rest");
        equal(redeem(PAYOUT, good(terms, MAX, MAX)), 0, "paid after the closing");
    }

    function testFuzz_aDelegateStaysWithinBothCaps(uint96[6] memory amounts, uint96 total, uint96 each) public {
        address delegate = address(0xDE);
        (SpendAuthorization memory a, bytes memory signature, bytes32 hash) =
            authorization(PAYER, delegate, total, each, 0);
        uint256 sum;
        for (uint256 i; i < amounts.length; ++i) {
            Terms memory terms = termsOf(2);
            terms.salt = bytes32(i / 2);
            (uint128 reserved,) = escrow.channels(escrow.channelIdOf(terms));
            bool within = uint256(reserved) + amounts[i] <= each && sum + amounts[i] <= total && amounts[i] != 0;
            vm.prank(delegate);
            try escrow.openDelegated(terms, amounts[i], a, signature) {
                require(within, "opened beyond a cap");
                sum += amounts[i];
            } catch {
                require(!within, "refused within the caps");
            }
        }
        equal(escrow.spent(hash), sum, "spent");
    }
}
