"""Where a request comes from, through the proxies before us. Pure but for the request that is read."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # settings are read, and wrong ones told, without it
    from aiohttp import web

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Proxies(Struct, frozen=True):
    """Whose ``X-Forwarded-For`` is believed.

    ``networks`` None: whoever speaks to us from a private network, and of it only the last entry, which it wrote
    itself. Else exactly these: the entries are read from the last back to the first that is none of them.
    """

    networks: tuple[Network, ...] | None = None

    @classmethod
    def parse(cls, text: str) -> Proxies:
        """Read ``private``, ``none``, or addresses and networks with commas. Raises ValueError."""
        if text == "private":
            return cls()
        if text == "none":
            return cls(())
        try:
            return cls(tuple(ip_network(part.strip()) for part in text.split(",")))
        except ValueError as error:
            raise ValueError(f"wants private, none, or addresses and networks such as 10.0.0.0/24: {error}") from None

    def address_of(self, request: web.Request) -> str | None:
        """An IPv4 address, an IPv6 network of one customer (/64); None where that is unknown: this machine itself, a
        proxy on it that does not say, an entry that is no address."""
        found = _read(request.remote or "")
        if found is not None and self._is_proxy(found):
            found = self._forwarded(found, ",".join(request.headers.getall("X-Forwarded-For", ())))
        if found is None or found.is_loopback:
            return None
        return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)

    def _is_proxy(self, address: Address) -> bool:
        if self.networks is None:
            return address.is_private
        return any(address in network for network in self.networks if network.version == address.version)

    def _forwarded(self, proxy: Address, header: str) -> Address | None:
        found: Address | None = proxy
        for entry in reversed([part.strip() for part in header.split(",") if part.strip()]):
            found = _read(entry)
            if found is None or self.networks is None or not self._is_proxy(found):
                break
        return found


def _read(text: str) -> Address | None:
    """``203.0.113.9``, ``203.0.113.9:4711``, ``2001:db8::1``, ``[2001:db8::1]:4711``; an IPv4 address told as IPv6."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
