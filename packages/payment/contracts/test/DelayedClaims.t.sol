// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DelayedClaims} from "../DelayedClaims.sol";
import {Claim, Terms} from "../Types.sol";
import {Kit, vm} from "./Kit.sol";

/// @dev What holds for all amounts and times of delayed claims.
contract DelayedClaimsTest is Kit {
    uint256 private constant PAYER = 0xA1;
    uint256 private constant SESSION = 0xA2;
    uint256 private constant NODE = 0xB1;
    address private constant PAYOUT = address(0xCAFE);

    Terms private terms;
    bytes32 private id;

    function setUp() public {
        deploy();
        register(NODE, address(0x0B), PAYOUT);
        fund(vm.addr(PAYER), 1e30);
        terms = Terms(vm.addr(PAYER), vm.addr(SESSION), vm.addr(NODE), FEE, 3, 1 days, 0);
        id = escrow.channelIdOf(terms);
    }

    function open(uint128 amount) private {
        vm.prank(terms.payer);
        escrow.open(terms, amount);
    }

    function claim(uint64 seq, uint128 cumulative, uint128 ceiling) private view returns (Claim memory) {
        return claimOf(terms, seq, cumulative, ceiling, NODE, PLANE, SESSION);
    }

    function request(uint128 cumulative, uint128 ceiling) private {
        escrow.requestClaim(delayed(claim(7, cumulative, ceiling), NODE));
    }

    function paid() private view returns (uint128 amount) {
        (, amount) = escrow.channels(id);
    }

    function testFuzz_paysTheLeastAfterTheNotice(uint96 reserve, uint96 cumulative, uint96 ceiling, uint32 early) public {
        vm.assume(reserve != 0 && cumulative != 0 && ceiling != 0);
        open(reserve);
        request(cumulative, ceiling);
        vm.warp(block.timestamp + early % 7 days);
        (bool settled,) = address(escrow).call(abi.encodeCall(escrow.settleClaim, (terms)));
        require(!settled, "settled before the notice was over");
        vm.warp(block.timestamp + 7 days);
        escrow.settleClaim(terms);
        uint256 due = least(least(reserve, cumulative), ceiling);
        equal(paid(), due, "paid");
        if (due == 1) return; // All of it, or none, may be the fee's rounding.
        escrow.collect(vm.addr(NODE));
        equal(usd.balanceOf(PAYOUT), due - due * FEE / 10_000, "collected");
    }

    function testFuzz_isLoweredToWhatIsAdmitted(uint96 claimed, uint96 admitted, uint96 redeemed) public {
        vm.assume(claimed != 0);
        open(1e30);
        request(claimed, claimed);
        if (redeemed != 0) redeem(PAYOUT, claim(8, redeemed, redeemed));
        escrow.answerClaim(id, 7, admitted, answerOf(id, 7, admitted, PLANE));
        escrow.settleClaim(terms);
        uint256 due = least(claimed, admitted);
        equal(paid(), due > redeemed ? due : redeemed, "paid");
        (,,, bool contested) = escrow.delayedClaims(id);
        require(contested == (admitted < claimed), "contested");
    }

    function testFuzz_onlyAControlPlaneKeyAnswers(uint256 key) public {
        key = 1 + key % 1e60;
        vm.assume(key != PLANE);
        open(1e6);
        request(1e6, 1e6);
        vm.expectRevert(abi.encodeWithSelector(DelayedClaims.NotControlPlaneKey.selector, vm.addr(key)));
        escrow.answerClaim(id, 7, 0, answerOf(id, 7, 0, key));
    }

    /// @dev However often a node claims, a payer waits at most for its own delay and one notice.
    function testFuzz_aPayerWaitsForOneNoticeAtMost(uint32 wait, uint32 again) public {
        open(1e6);
        vm.prank(terms.payer);
        escrow.requestClose(terms);
        uint256 begun = block.timestamp;
        vm.warp(begun + wait % 1 days);
        request(1e5, 1e5);
        vm.warp(begun + 1 days + again % 7 days);
        (bool requested,) = address(escrow).call(abi.encodeCall(escrow.requestClaim, (delayed(claim(8, 2e5, 2e5), NODE))));
        require(!requested, "claimed twice");
        vm.warp(begun + 1 days + 7 days);
        escrow.finishClose(terms);
        equal(paid(), 1e5, "paid");
        equal(escrow.closingAt(id), escrow.CLOSED(), "not closed");
    }
}
