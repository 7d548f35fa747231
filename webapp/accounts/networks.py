"""What counts as one address for limits: a person with IPv6 has a whole network of them."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

LONGEST = 64
"""Characters of an address that are kept."""

NETWORK_BITS = 64
"""What providers give to one customer at least."""


def network_of(address: str) -> str:
    """Return the key of an address: its /64 for IPv6, IPv4 itself also when it is written as IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:LONGEST]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), NETWORK_BITS), strict=False))
