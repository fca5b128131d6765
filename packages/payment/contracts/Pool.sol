// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Authorization} from "./Types.sol";

/// @title What payers have put in and not reserved
/// @notice A payer's pool is the payer's own: it may leave at any time. Nodes rely on reserves alone.
abstract contract Pool is ReentrancyGuardTransient, Pausable {
    using SafeERC20 for IERC20;

    /// @notice The one token of this deployment, with EIP-2612 and EIP-3009, in units of a millionth.
    IERC20 public immutable token;

    /// @notice A payer's pool, in micro-USDC.
    mapping(address payer => uint256) public balanceOf;

    /// @notice `from` paid it, `payer` has it.
    event Deposited(address indexed payer, address indexed from, uint256 amount);
    /// @notice Sent from the pool to its payer.
    event Withdrawn(address indexed payer, uint256 amount);

    /// Nobody could ever withdraw it.
    error NoPayer();
    /// There is nothing to move.
    error ZeroAmount();
    /// The pool, not the reserves, has to cover it.
    error PoolTooSmall(address payer, uint256 pool, uint256 wanted);
    /// The token took a fee on the way, or gave more: it is no token for this contract.
    error WrongAmountReceived(uint256 expected, uint256 received);

    constructor(IERC20 token_) {
        token = token_;
    }

    /// @notice Puts the sender's approved money into the sender's pool. Stopped while paused.
    /// @param amount Micro-USDC; reverts where another amount than this arrives.
    function deposit(uint256 amount) external nonReentrant whenNotPaused {
        _pull(msg.sender, amount);
    }

    /// @notice Puts the sender's approved money into another's pool: a gift that only the payer can withdraw.
    function depositFor(address payer, uint256 amount) external nonReentrant whenNotPaused {
        _pull(payer, amount);
    }

    /// @notice `deposit` with the approval in the same transaction (EIP-2612).
    /// @dev Only the payer itself: where a permit is spent already the allowance is used, and a stranger with a worthless
    /// permit could otherwise move what a payer has approved. For a relayed deposit see `depositWithAuthorization`.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        whenNotPaused
    {
        // A permit that was sent by somebody else before is harmless: the allowance is there.
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _pull(msg.sender, amount);
    }

    /// @notice A deposit that the payer signed and anyone may send (EIP-3009): the payer needs no gas.
    /// @dev `receiveWithAuthorization` works for its receiver only, so nobody can move the money without this credit.
    function depositWithAuthorization(address payer, uint256 amount, Authorization calldata a)
        external
        nonReentrant
        whenNotPaused
    {
        uint256 held = token.balanceOf(address(this));
        IERC3009(address(token)).receiveWithAuthorization(
            payer, address(this), amount, a.validAfter, a.validBefore, a.nonce, a.v, a.r, a.s
        );
        _credit(payer, payer, amount, held);
    }

    /// @notice Sends the sender what is in its pool, at once, paused or not. Never what is reserved.
    function withdraw(uint256 amount) external nonReentrant {
        _take(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
    }

    function _pull(address payer, uint256 amount) private {
        uint256 held = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        _credit(payer, msg.sender, amount, held);
    }

    function _credit(address payer, address from, uint256 amount, uint256 heldBefore) private {
        if (payer == address(0)) revert NoPayer();
        if (amount == 0) revert ZeroAmount();
        uint256 received = token.balanceOf(address(this)) - heldBefore;
        if (received != amount) revert WrongAmountReceived(amount, received);
        balanceOf[payer] += amount;
        emit Deposited(payer, from, amount);
    }

    function _take(address payer, uint256 amount) internal {
        if (amount == 0) revert ZeroAmount();
        uint256 pool = balanceOf[payer];
        if (pool < amount) revert PoolTooSmall(payer, pool, amount);
        unchecked {
            balanceOf[payer] = pool - amount;
        }
    }
}
