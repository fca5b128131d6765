// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @title Whose countersignature counts
/// @notice The owner adds and revokes the keys, both with notice: nobody's earnings turn on a sudden change.
abstract contract ControlPlaneKeys is Ownable2Step {
    /// @notice Valid from one second to another, both inclusive, in Unix seconds.
    struct Validity {
        uint40 from;
        uint40 until;
    }

    /// @notice Between adding a key and its first valid second.
    uint40 public constant KEY_NOTICE = 2 days;
    /// @notice How long a revoked key stays valid, so that nodes can redeem what it had countersigned.
    uint40 public constant KEY_GRACE = 1 days;
    uint40 private constant FOREVER = type(uint40).max;

    /// @notice When a key is valid; both zero for one that was never added.
    mapping(address key => Validity) public controlPlaneKeys;

    /// @notice A key was added or revoked.
    event ControlPlaneKeyChanged(address indexed key, uint40 from, uint40 until);

    /// The key is valid, or will be, or is in its grace.
    error KeyInUse(address key);
    /// The key was never added, or is revoked already.
    error KeyNotInUse(address key);
    /// Nobody's key.
    error ZeroAddress();

    constructor(address firstKey) {
        if (firstKey == address(0)) revert ZeroAddress();
        _setValidity(firstKey, 0, FOREVER);
    }

    /// @notice Makes a key valid after KEY_NOTICE. Owner only.
    function addControlPlaneKey(address key) external onlyOwner {
        if (key == address(0)) revert ZeroAddress();
        if (controlPlaneKeys[key].until >= block.timestamp) revert KeyInUse(key);
        _setValidity(key, uint40(block.timestamp) + KEY_NOTICE, FOREVER);
    }

    /// @notice Ends a key after KEY_GRACE. Owner only. Once for each key: it neither prolongs a grace nor lends validity to
    /// a key that was never added.
    function revokeControlPlaneKey(address key) external onlyOwner {
        Validity storage validity = controlPlaneKeys[key];
        if (validity.until != FOREVER) revert KeyNotInUse(key);
        _setValidity(key, validity.from, uint40(block.timestamp) + KEY_GRACE);
    }

    /// @notice Whether the key's countersignatures count now.
    function isControlPlaneKey(address key) public view returns (bool) {
        Validity storage validity = controlPlaneKeys[key];
        return key != address(0) && validity.from <= block.timestamp && block.timestamp <= validity.until;
    }

    function _setValidity(address key, uint40 from, uint40 until) private {
        controlPlaneKeys[key] = Validity(from, until);
        emit ControlPlaneKeyChanged(key, from, until);
    }
}
