"""Which kinds of channel this installation can send by at all."""

from __future__ import annotations

from bot.config import Config
from contacts.directory import ChannelKind


def configured_kinds(config: Config) -> frozenset[ChannelKind]:
    """The kinds of channel that this installation is set up for. Pure."""
    has = {ChannelKind.TELEGRAM: config.telegram.token, ChannelKind.EMAIL: config.mail.host}
    return frozenset(kind for kind, there in has.items() if there)
