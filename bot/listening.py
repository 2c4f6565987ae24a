"""Takes the address of the pages. Whoever has it is the one house on this machine."""

from __future__ import annotations

import socket


class CannotListen(OSError):
    """The address is in use, or not one of this machine."""


def listen(host: str, port: int) -> socket.socket:
    """:param port: 0 lets the system choose.

    :raises CannotListen: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise CannotListen(address_of(host, port)) from error
    # Inherited by each connection: the loop does it only for sockets that name their protocol, as
    # these do not. Without it the second half of an answer waits 40 ms for the reader's receipt.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setblocking(False)
    return listener


def address_of(host: str, port: int) -> str:
    """Where the pages are, as a person types it. Pure."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"
