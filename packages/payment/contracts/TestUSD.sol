// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A test dollar for local chains, worth nothing
/// @notice Like USDC where it matters here: 6 decimals, EIP-2612 permits, EIP-3009 authorizations with random nonces, and a
/// blacklist that makes transfers from and to an address revert. Whoever deployed it mints.
contract TestUSD is ERC20Permit, ERC3009, Ownable {
    mapping(address account => bool) public isBlacklisted;

    error Blacklisted(address account);

    constructor() ERC20("Test USD", "tUSD") ERC20Permit("Test USD") Ownable(msg.sender) {}

    /// @notice Makes money out of nothing. Deployer only.
    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }

    /// @notice Deployer only.
    function setBlacklisted(address account, bool blacklisted) external onlyOwner {
        isBlacklisted[account] = blacklisted;
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (isBlacklisted[from]) revert Blacklisted(from);
        if (isBlacklisted[to]) revert Blacklisted(to);
        super._update(from, to, value);
    }
}
