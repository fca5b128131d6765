// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Channels} from "./Channels.sol";
import {ControlPlaneKeys} from "./ControlPlaneKeys.sol";
import {DelayedClaims} from "./DelayedClaims.sol";
import {Hashes} from "./Hashes.sol";
import {Pool} from "./Pool.sol";
import {Claim, NEED_CONTROL_PLANE, NEED_PAYER, Skip, Terms} from "./Types.sol";

/// @title CprEscrow: pays out compute payment receipts
/// @notice UNAUDITED. Holds payers' money and pays nodes the newest receipt of each channel: at most what the payer's
/// session key allowed, and at most what the payer reserved. Receipts are cumulative, so the newest is all of them.
///
/// No upgrade, no rescue: the owner sets the fee of new channels (at most MAX_FEE_BPS), the treasury and the control
/// plane's keys, and can pause deposits and openings. It can move nobody's money and stop nobody from taking theirs out.
contract CprEscrow is DelayedClaims {
    using Hashes for bytes32;
    using SafeERC20 for IERC20;

    /// @notice Where `withdrawFees` sends the platform's fees.
    address public treasury;

    /// @notice A channel paid its newest receipt. Amounts are micro-USDC.
    /// @param cumulative What the receipt says was earned; `paid` falls short of it where ceiling or reserve did.
    /// @param paid What the channel has paid in all, the fee included.
    /// @param net What this redemption sent to `payout`.
    /// @param fee What this redemption kept for the platform.
    event Redeemed(
        bytes32 indexed channelId,
        address indexed nodeId,
        address indexed payout,
        uint64 seq,
        uint128 cumulative,
        uint128 paid,
        uint128 net,
        uint128 fee
    );
    /// @notice A claim of a batch was not paid. Anyone can cause this for channels that do not exist.
    event Skipped(bytes32 indexed channelId, Skip reason);
    /// @notice The fee of channels opened from now on.
    event FeeChanged(uint16 feeBps);
    /// @notice Where fees go from now on.
    event TreasuryChanged(address treasury);
    /// @notice The platform's fees were sent.
    event FeesWithdrawn(address indexed treasury, uint256 amount);

    /// The batch is empty.
    error NoClaims();

    /// @param token_ One token for good; it must neither take fees nor rebase (USDC does neither).
    /// @param owner_ A timelock or multisig.
    /// @param controlPlaneKey Valid at once.
    constructor(IERC20 token_, address owner_, address treasury_, address controlPlaneKey, uint16 feeBps_)
        EIP712("Infernet CPR", "1")
        Pool(token_)
        Ownable(owner_)
        ControlPlaneKeys(controlPlaneKey)
    {
        _setTreasury(treasury_);
        _setFee(feeBps_);
    }

    /// @notice Pays the newest receipt of each channel to one address, in one transfer. Anyone may send it: the signatures
    /// say who earned what, the nodes' operators where it goes. A claim that cannot be paid is skipped with a reason and
    /// blocks no other. Reverts as a whole where the token refuses the transfer (nothing is lost: change the payout).
    /// @param payout Where all of these nodes are paid now; nodes paid elsewhere are skipped, so nobody is surprised by a
    /// change of the address between sending and mining.
    /// @return net What was sent, in micro-USDC.
    function redeem(address payout, Claim[] calldata claims) external nonReentrant returns (uint256 net) {
        if (claims.length == 0) revert NoClaims();
        uint256 feeSum;
        for (uint256 i; i < claims.length; ++i) {
            (uint128 paid, uint128 fee) = _redeem(claims[i], payout);
            net += paid;
            feeSum += fee;
        }
        if (feeSum != 0) fees += feeSum;
        if (net != 0) token.safeTransfer(payout, net);
    }

    /// @notice What `redeem` would do with a claim now.
    /// @return reason None where it would pay.
    /// @return upTo What the channel would then have paid in all, the fee included.
    function preview(address payout, Claim calldata claim) external view returns (Skip reason, uint128 upTo) {
        return _judge(claim, channelIdOf(claim.terms), payout);
    }

    /// @notice Sends the platform's fees to the treasury. Anyone.
    function withdrawFees() external nonReentrant {
        uint256 amount = fees;
        if (amount == 0) revert ZeroAmount();
        fees = 0;
        token.safeTransfer(treasury, amount);
        emit FeesWithdrawn(treasury, amount);
    }

    /// @notice The fee of channels opened from now on, in ten-thousandths. Owner only.
    function setFee(uint16 feeBps_) external onlyOwner {
        _setFee(feeBps_);
    }

    /// @notice Where `withdrawFees` sends fees, those kept so far included. Owner only.
    function setTreasury(address treasury_) external onlyOwner {
        _setTreasury(treasury_);
    }

    /// @notice Stops deposits and openings, top-ups included, and nothing else. Owner only.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Ends a pause. Owner only.
    function unpause() external onlyOwner {
        _unpause();
    }

    function _redeem(Claim calldata claim, address payout) private returns (uint128 net, uint128 fee) {
        bytes32 id = channelIdOf(claim.terms);
        (Skip reason, uint128 upTo) = _judge(claim, id, payout);
        if (reason != Skip.None) {
            emit Skipped(id, reason);
            return (0, 0);
        }
        uint128 was = channels[id].paid;
        channels[id].paid = upTo;
        fee = _feeOf(was, upTo, claim.terms.feeBps);
        net = upTo - was - fee;
        emit Redeemed(id, claim.terms.nodeId, payout, claim.seq, claim.cumulative, upTo, net, fee);
    }

    function _judge(Claim calldata claim, bytes32 id, address payout) private view returns (Skip reason, uint128 upTo) {
        (reason, upTo) = _payable(claim, id);
        if (reason == Skip.None) reason = _signatures(claim, id, payout);
    }

    /// @dev The least of receipt, ceiling and reserve, where that is more than was paid.
    function _payable(Claim calldata claim, bytes32 id) private view returns (Skip, uint128 upTo) {
        Channel storage channel = channels[id];
        (uint128 reserved, uint128 paid) = (channel.reserved, channel.paid);
        upTo = claim.cumulative;
        if (upTo > reserved) upTo = reserved;
        if (claim.terms.need & NEED_PAYER != 0 && upTo > claim.ceiling) upTo = claim.ceiling;
        if (upTo > paid) return (Skip.None, upTo);
        if (closingAt[id] == CLOSED) return (Skip.Closed, paid);
        if (reserved == 0) return (Skip.NotOpen, paid);
        if (claim.cumulative <= paid) return (Skip.NothingNew, paid);
        return (reserved <= paid ? Skip.ReserveSpent : Skip.CeilingSpent, paid);
    }

    function _signatures(Claim calldata claim, bytes32 id, address payout) private view returns (Skip) {
        Terms calldata terms = claim.terms;
        if (payout == address(0) || payoutOf(terms.nodeId) != payout) return Skip.OtherPayout;
        bytes32 receipt = _hashTypedDataV4(Hashes.ofReceipt(id, claim));
        if (!receipt.isSigned(claim.nodeSignature, nodes[terms.nodeId].key)) return Skip.NodeSignature;
        if (terms.need & NEED_CONTROL_PLANE != 0) {
            if (!isControlPlaneKey(receipt.signerOf(claim.controlPlaneSignature))) return Skip.ControlPlaneSignature;
        }
        if (terms.need & NEED_PAYER != 0) {
            bytes32 voucher = _hashTypedDataV4(Hashes.ofVoucher(id, claim.ceiling));
            if (!voucher.isSigned(claim.payerSignature, terms.payerSigner)) return Skip.PayerSignature;
        }
        return Skip.None;
    }

    function _setFee(uint16 feeBps_) private {
        if (feeBps_ > MAX_FEE_BPS) revert FeeTooHigh(feeBps_);
        feeBps = feeBps_;
        emit FeeChanged(feeBps_);
    }

    function _setTreasury(address treasury_) private {
        if (treasury_ == address(0) || treasury_ == address(this)) revert InvalidPayout(treasury_);
        treasury = treasury_;
        emit TreasuryChanged(treasury_);
    }
}
