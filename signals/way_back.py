"""The sealed way back to who told something: none was wanted, it opens, or its key is lost."""

from __future__ import annotations

from contacts.directory import ChannelKind
from contacts.sealing import Sealer
from signals.rows import Signal


def reply_kind(signal: Signal, sealer: Sealer) -> ChannelKind | None:
    """By which channel a word goes back; None where none can."""
    handle = signal.reply_handle
    if handle is None or not sealer.opens(handle):
        return None
    return ChannelKind(sealer.unseal(handle).partition(":")[0])


def is_shut(signal: Signal, sealer: Sealer) -> bool:
    """Whether somebody waits for an answer that cannot go: the key of their address is lost."""
    return signal.reply_handle is not None and not sealer.opens(signal.reply_handle)
