// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CprEscrow} from "../CprEscrow.sol";
import {Terms} from "../Types.sol";
import {Walk} from "./Walk.sol";

/// @dev What holds after any sequence of steps.
contract InvariantsTest {
    Walk private walk;
    CprEscrow private escrow;

    function setUp() public {
        walk = new Walk();
        escrow = walk.escrow();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(walk);
    }

    /// @dev One for all: forge walks anew for each invariant, and the walk is what costs.
    function invariant_moneyAndPromisesHold() public view {
        everyMicroIsAccountedFor();
        nobodyPaysMoreThanWasSigned();
        closedStaysClosed();
        delegatesStayWithinTheirCaps();
    }

    /// @dev The contract holds to the micro what it owes, and what came in is where it belongs.
    function everyMicroIsAccountedFor() private view {
        uint256 pools = escrow.balanceOf(walk.payer(0)) + escrow.balanceOf(walk.payer(1));
        uint256 earned = escrow.earnings(walk.nodeIds(0)) + escrow.earnings(walk.nodeIds(1))
            + escrow.earnings(walk.nodeIds(2));
        uint256 reserves;
        uint256 paid;
        uint256 fees;
        for (uint256 i; i < walk.count(); ++i) {
            Terms memory terms = walk.termsAt(i);
            (uint128 r, uint128 p) = escrow.channels(escrow.channelIdOf(terms));
            reserves += r - p;
            paid += p;
            fees += uint256(p) * terms.feeBps / 10_000;
        }
        uint256 treasury = walk.usd().balanceOf(escrow.treasury());
        require(walk.usd().balanceOf(address(escrow)) == pools + reserves + escrow.fees() + earned, "not solvent");
        require(pools + reserves + paid == walk.deposited() - walk.withdrawn(), "payers' money");
        require(escrow.fees() + treasury == fees, "fees are not the floor of each channel's sum");
        require(walk.paidOut() + earned == paid - fees, "nodes' money");
    }

    /// @dev No channel pays more than each of those who must agree has signed for, nor more than its reserve.
    function nobodyPaysMoreThanWasSigned() private view {
        for (uint256 i; i < walk.count(); ++i) {
            Terms memory terms = walk.termsAt(i);
            bytes32 id = escrow.channelIdOf(terms);
            (uint128 r, uint128 p) = escrow.channels(id);
            (uint128 reserved, uint128 paid, uint128 node, uint128 plane, uint128 ceiling, uint128 late,) =
                walk.models(id);
            require(p <= r && r == reserved && p == paid, "not the model's");
            require(p <= node, "more than the node signed");
            require(terms.need == 2 || p <= ceiling, "more than the payer allowed");
            require(terms.need == 1 || p <= plane || p <= late, "more than was countersigned or claimed with notice");
        }
    }

    function closedStaysClosed() private view {
        for (uint256 i; i < walk.count(); ++i) {
            bytes32 id = escrow.channelIdOf(walk.termsAt(i));
            (,,,,,, bool closed) = walk.models(id);
            (uint128 r, uint128 p) = escrow.channels(id);
            require((escrow.closingAt(id) == escrow.CLOSED()) == closed, "reopened, or closed by nobody");
            require(!closed || r == p, "a closed channel holds money");
        }
    }

    function delegatesStayWithinTheirCaps() private view {
        require(escrow.spent(walk.authorizations(0)) <= walk.ALLOWANCE(), "first");
        require(escrow.spent(walk.authorizations(1)) <= walk.ALLOWANCE(), "second");
    }
}

/// @dev The walk is worth something: in so many steps it meets all that it is there to meet.
contract WalkTest {
    function test_meetsEverythingItIsThereFor() public {
        Walk walk = new Walk();
        uint256 seed = 42;
        for (uint256 step; step < 3_000; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            go(walk, seed % 22, seed >> 8, uint32(seed >> 40), uint32(seed >> 80), uint8(seed >> 120));
        }
        for (uint8 did; did <= uint8(type(Walk.Did).max); ++did) {
            require(walk.done(Walk.Did(did)) != 0, string.concat("never met: ", digits(did)));
        }
    }

    function go(Walk walk, uint256 what, uint256 i, uint32 a, uint32 b, uint8 c) private {
        if (what == 0) walk.deposit(i, a);
        else if (what == 1) walk.withdraw(i, a);
        else if (what == 2) walk.open(i, a, c, b);
        else if (what == 3) walk.topUp(i, a);
        else if (what == 4) walk.openSigned(i, a, b);
        else if (what == 5) walk.openDelegated(i, a, b);
        else if (what == 6) walk.requestClose(i);
        else if (what == 7) walk.finishClose(i);
        else if (what == 8) walk.closeNow(i, c);
        else if (what == 9) walk.replay(i);
        else if (what == 10) walk.requestClaim(i, a, b);
        else if (what == 11) walk.answerClaim(i, a);
        else if (what == 12) walk.settleClaim(i);
        else if (what == 13) walk.collect(i);
        else if (what == 14) walk.rotate(i);
        else if (what == 15) walk.setPayout(i);
        else if (what == 16) walk.changePlaneKey();
        else if (what == 17) walk.setFee(uint16(a));
        else if (what == 18) walk.withdrawFees();
        else if (what == 19) walk.wait(a);
        else walk.redeem(i, a, b, c);
    }

    function digits(uint8 n) private pure returns (string memory) {
        return string(abi.encodePacked(bytes1(48 + n / 10), bytes1(48 + n % 10)));
    }
}
