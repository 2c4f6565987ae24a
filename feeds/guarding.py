"""Keeps the fetcher on the public internet.

A feed's address, and every redirect of it, is data that somebody else controls. It may not
lead to this machine or its network: names are checked when they are resolved for the very
connection, so a name that changes its mind between look and connect changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

_ENDS_IN_NUMBER = re.compile(r"(?:\A|\.)(?:\d+|0x[0-9a-f]*)\Z", re.I)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Retired ranges that the library calls public: site-local, and the relays of 6to4.
_RETIRED = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("192.88.99.0/24"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddress(OSError):
    """The name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address is one that the whole world sees; tunnels are looked through."""
    try:
        found: Address = ipaddress.ip_address(address.strip("[]").split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _inside(found)
        if inner is not None:
            return is_public(str(inner))
    if any(found in network for network in _RETIRED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def literal_is_refused(host: str) -> bool:
    """Whether ``host`` is written as an address and that address is not public.

    Ways of writing one that only the socket understands ("127.1", "0x7f000001") are refused:
    they would go past the resolver.
    """
    bare = host.strip("[]").rstrip(".")
    if ":" in bare or _ENDS_IN_NUMBER.search(bare):
        return not is_public(bare)
    return False


class GuardedResolver(AbstractResolver):
    """Resolves names, and refuses a name as soon as one of its addresses is not public."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not _all_public(found):
            raise PrivateAddress
        return found

    async def close(self) -> None:
        await self._inner.close()


def _all_public(found: Sequence[ResolveResult]) -> bool:
    return bool(found) and all(is_public(one["host"]) for one in found)


def _inside(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one carries."""
    if found.ipv4_mapped is not None:
        return found.ipv4_mapped
    if found.sixtofour is not None:
        return found.sixtofour
    if found.teredo is not None:
        return found.teredo[1]
    return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
