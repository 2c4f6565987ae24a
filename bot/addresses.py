"""Which addresses of the web are safe, and which can be reached from outside. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

#: names of this computer itself
HERE = ("127.0.0.1", "localhost", "::1")
#: where Telegram delivers: https://core.telegram.org/bots/webhooks
TELEGRAM_PORTS = (443, 80, 88, 8443)


def is_safe_address(url: str) -> bool:
    """Whether this is an address over TLS, or one on this computer itself. Pure."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in HERE)


def is_public(url: str) -> bool:
    """Whether Telegram takes this safe address: over TLS, on one of its ports, and no number or
    name that is known inside only. Pure."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        is_inside = not ip_address(host).is_global
    except ValueError:
        is_inside = "." not in host
    return parts.scheme == "https" and not is_inside and (parts.port or 443) in TELEGRAM_PORTS
