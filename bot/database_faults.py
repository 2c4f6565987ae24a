"""Which of many things is wrong with a database, from the error that a driver gave.

PostgreSQL gives a code once somebody is connected; before that only words, which are English
wherever its messages are not translated. What is not known here is said as *works not*, with where
it was looked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from sqlalchemy import URL, make_url

from bot import database_texts as texts
from bot.config import DATABASE_URL
from bot.migrating import NewerStore


class DatabaseFault(StrEnum):
    """What is wrong, so that somebody can mend exactly that."""

    PASSWORD = "password"  # noqa: S105  (the name of a fault)
    NOT_ADMITTED = "not_admitted"
    NO_DATABASE = "no_database"
    NO_RIGHTS = "no_rights"
    REFUSED = "refused"
    UNKNOWN_HOST = "unknown_host"
    SILENT = "silent"
    NO_TLS = "no_tls"
    FULL = "full"
    STARTING = "starting"
    STANDBY = "standby"
    NO_FOLDER = "no_folder"
    READ_ONLY = "read_only"
    NOT_A_DATABASE = "not_a_database"
    LOCKED = "locked"
    NO_SPACE = "no_space"
    NEWER = "newer"
    OTHER = "other"


_CODES: Mapping[str, DatabaseFault] = {
    "28P01": DatabaseFault.PASSWORD,
    "28000": DatabaseFault.NOT_ADMITTED,
    "3D000": DatabaseFault.NO_DATABASE,
    "42501": DatabaseFault.NO_RIGHTS,
    "53100": DatabaseFault.NO_SPACE,
    "53300": DatabaseFault.FULL,
    "57P03": DatabaseFault.STARTING,
    "25006": DatabaseFault.STANDBY,
}
#: the first that fits; a try over TLS and one without may both be told in one error
_WORDS: tuple[tuple[str, DatabaseFault], ...] = (
    (r"password authentication failed|no password supplied", DatabaseFault.PASSWORD),
    (
        (
            r"no pg_hba\.conf entry|pg_hba\.conf rejects|role \".*\" does not exist|"
            r"(peer|ident) authentication failed|not permitted to log in"
        ),
        DatabaseFault.NOT_ADMITTED,
    ),
    (r"database \".*\" does not exist", DatabaseFault.NO_DATABASE),
    (r"permission denied for", DatabaseFault.NO_RIGHTS),
    (r"too many (clients|connections)|remaining connection slots", DatabaseFault.FULL),
    (r"the database system is ", DatabaseFault.STARTING),
    (r"does not support SSL|SSL error|certificate", DatabaseFault.NO_TLS),
    (
        r"failed to resolve host|could not translate host name|name or service not known",
        DatabaseFault.UNKNOWN_HOST,
    ),
    (r"connection refused|no such file or directory\s+is the server", DatabaseFault.REFUSED),
    (r"timeout expired|timed out|no route to host|unreachable", DatabaseFault.SILENT),
    (r"unable to open database file", DatabaseFault.NO_FOLDER),
    (r"readonly database", DatabaseFault.READ_ONLY),
    (r"file is not a database|disk image is malformed", DatabaseFault.NOT_A_DATABASE),
    (r"database is locked", DatabaseFault.LOCKED),
    (r"disk is full", DatabaseFault.NO_SPACE),
)


def fault_of(error: BaseException) -> DatabaseFault:
    """By the code, or else the words, of the error or what it came from. Pure."""
    chain = list(_chain(error))
    if any(isinstance(one, NewerStore) for one in chain):
        return DatabaseFault.NEWER
    for one in chain:
        if known := _CODES.get(str(getattr(one, "sqlstate", ""))):
            return known
    for one in chain:
        for words, fault in _WORDS:
            if re.search(words, str(one), re.IGNORECASE):
                return fault
    is_place = any(isinstance(one, OSError) and one.filename for one in chain)
    return DatabaseFault.NO_FOLDER if is_place else DatabaseFault.OTHER


def trouble_with_own(error: BaseException, environ: Mapping[str, str] | None = None) -> str:
    """What is wrong with the database of the configuration, and what to do, in Dutch."""
    known = os.environ if environ is None else environ
    named = [name for name in (DATABASE_URL, f"{DATABASE_URL}_FILE") if known.get(name)]
    return trouble_with(error, setting=named[0] if named else texts.OWN_SETTING)


def trouble_with(error: BaseException, *, setting: str) -> str:
    """The same of any database. Pure.

    :param setting: where its address stands, as a person finds it.
    """
    url = make_url(address) if (address := getattr(error, "url", "")) else None
    database = texts.DATABASE_AT.format(where=_where(url)) if url else texts.DATABASE
    return texts.FAULTS[fault_of(error)].format(database=database, setting=setting)


def _where(url: URL) -> str:
    """Without the password, and without the user."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    asked = url.query.get("host", "")
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked)) or texts.HERE
    port = f":{url.port}" if url.port else ""
    return f"{url.database or ''} {texts.ON} {host}{port}".strip()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, also where the store's library keeps that."""
    current: BaseException | None = error
    while current is not None:
        yield current
        original = getattr(current, "orig", None)
        if isinstance(original, BaseException):
            yield original
        current = current.__cause__
