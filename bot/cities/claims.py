"""What a city takes for itself alone, and which two cities took the same. Pure.

A claim can be compared and holds no secret: of a token or a key it is a fingerprint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url

from bot.addresses import HERE
from bot.cities import city_texts as texts
from bot.config import SECRET_KEY, Config, read_secret

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  (compared with, not listened on)
_PORT_OF_POSTGRESQL = 5432


@dataclass(frozen=True, slots=True)
class Claims:
    """Empty text, or port 0: nothing is claimed."""

    database: str
    bot: str
    state_dir: str
    host: str
    port: int
    address: str
    mailbox: str
    key: str

    def as_values(self) -> dict[str, Any]:
        return asdict(self)


def claims_of(config: Config, environ: Mapping[str, str]) -> Claims:
    """What this configuration takes for itself."""
    mail = config.mail
    bot, _, _ = config.telegram.token.partition(":")
    return Claims(
        database=_store(make_url(config.database.url)),
        bot=_print_of(bot),
        state_dir=str(config.state_dir.resolve()),
        host=config.web.host,
        port=config.web.port,
        address=_name_of(config.web.base_url),
        mailbox=f"{mail.imap_user}@{mail.imap_host}".lower() if mail.imap_host else "",
        key=_print_of(read_secret(SECRET_KEY, environ, [])),
    )


def same(one: Claims, other: Claims) -> list[str]:
    """The names of what both took."""
    found = [
        name
        for name in ("database", "bot", "state_dir", "address", "mailbox", "key")
        if getattr(one, name) and getattr(one, name) == getattr(other, name)
    ]
    hosts = {_here(one.host), _here(other.host)}
    if one.port and one.port == other.port and (len(hosts) == 1 or hosts & set(EVERYWHERE)):
        found.append("port")
    return found


def doubles(cities: Mapping[str, Claims]) -> Iterator[tuple[str, str, str]]:
    """(city, other city, what to say) of all that two of them took."""
    for (one, mine), (other, theirs) in combinations(sorted(cities.items()), 2):
        for name in same(mine, theirs):
            yield one, other, texts.DOUBLE.format(one=one, other=other, what=texts.DOUBLES[name])


def _store(url: URL) -> str:
    """Where the rows are, whoever asks for them: without user, password or manners."""
    if url.get_backend_name() == "sqlite":
        is_file = url.database not in (None, "", ":memory:")
        return str(Path(str(url.database)).resolve()) if is_file else ""
    asked = url.query.get("host", "")
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked))
    return f"{_here(host.lower())}:{url.port or _PORT_OF_POSTGRESQL}/{url.database or ''}"


def _name_of(address: str) -> str:
    """What a browser keeps cookies by: the name, whatever the port. On this machine nobody does."""
    name = urlsplit(address).hostname or ""
    return "" if name in HERE else name


def _here(host: str) -> str:
    return HERE[0] if host in HERE else host


def _print_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest() if secret else ""
