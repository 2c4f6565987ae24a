"""A small IMAP4rev1 mailbox on loopback: enough for imaplib to read and clear an inbox."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.simulator.bounces import bounce_for

_FETCH = re.compile(r"(?P<set>\S+) \(?(?P<items>.+?)\)?\Z", re.DOTALL)


@dataclass
class Stored:
    """One mail in the inbox."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """One inbox. ``deliver`` puts a mail in, as the outside world would."""

    def __init__(self, user: str = "schakel", password: str = "oefening") -> None:  # noqa: S107
        self.user, self.password = user, password
        self.inbox: list[Stored] = []
        self.port = 0
        self._next_uid = 1
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def deliver(self, raw: bytes) -> int:
        """A mail arrives; returns its uid."""
        stored = Stored(self._next_uid, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        self._next_uid += 1
        self.inbox.append(stored)
        return stored.uid

    def bounce(self, envelope_sender: str, recipient: str, *, status: str = "5.1.1") -> int:
        """A delivery status notification comes back to the envelope sender."""
        return self.deliver(bounce_for(envelope_sender, recipient, status=status))

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await _Dialogue(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


class _Dialogue:
    """One client's session."""

    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._known = False

    async def run(self) -> None:
        self._line("* OK Schakel oefen-IMAP4rev1")
        while line := await self._reader.readline():
            tag, _, rest = line.decode(errors="replace").strip().partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
                name = f"uid {name}"
            handler = self._commands().get(name.lower())
            if handler is None:
                self._line(f"{tag} BAD unknown command")
            elif not self._known and name.lower() not in ("login", "capability", "logout", "noop"):
                self._line(f"{tag} NO log in first")
            else:
                await handler(tag, arguments)
            await self._writer.drain()
            if name.lower() == "logout":
                return

    def _commands(self) -> dict[str, Callable[[str, str], Awaitable[None]]]:
        return {
            "capability": self._capability, "login": self._login, "select": self._select,
            "examine": self._select, "noop": self._noop, "check": self._noop,
            "close": self._noop, "list": self._list, "uid search": self._search,
            "search": self._search, "uid fetch": self._fetch, "uid store": self._store,
            "expunge": self._expunge, "logout": self._logout,
        }  # fmt: skip

    def _line(self, text: str) -> None:
        self._writer.write(text.encode() + b"\r\n")

    async def _capability(self, tag: str, arguments: str) -> None:
        self._line("* CAPABILITY IMAP4rev1")
        self._line(f"{tag} OK done")

    async def _login(self, tag: str, arguments: str) -> None:
        words = [word.strip('"') for word in arguments.split(" ")]
        self._known = words == [self._server.user, self._server.password]
        self._line(f"{tag} OK done" if self._known else f"{tag} NO [AUTHENTICATIONFAILED] wrong")

    async def _select(self, tag: str, arguments: str) -> None:
        self._line(f"* {len(self._server.inbox)} EXISTS")
        self._line("* 0 RECENT")
        self._line("* FLAGS (\\Seen \\Deleted)")
        self._line("* OK [UIDVALIDITY 1] valid")
        self._line(f"{tag} OK [READ-WRITE]")

    async def _noop(self, tag: str, arguments: str) -> None:
        self._line(f"{tag} OK done")

    async def _list(self, tag: str, arguments: str) -> None:
        self._line('* LIST () "/" "INBOX"')
        self._line(f"{tag} OK done")

    async def _search(self, tag: str, arguments: str) -> None:
        unseen = "UNSEEN" in arguments.upper()
        found = [
            str(mail.uid)
            for mail in self._server.inbox
            if not (unseen and "\\Seen" in mail.flags) and "\\Deleted" not in mail.flags
        ]
        self._line("* SEARCH " + " ".join(found) if found else "* SEARCH")
        self._line(f"{tag} OK done")

    async def _fetch(self, tag: str, arguments: str) -> None:
        match = _FETCH.match(arguments)
        if match is None:
            self._line(f"{tag} BAD fetch what")
            return
        for place, mail in enumerate(self._server.inbox, start=1):
            if not _within(mail.uid, match["set"]):
                continue
            flags = " ".join(sorted(mail.flags))
            head = f"* {place} FETCH (UID {mail.uid} FLAGS ({flags})"
            if "BODY" in match["items"].upper() or "RFC822" in match["items"].upper():
                label = "RFC822" if "RFC822" in match["items"].upper() else "BODY[]"
                self._writer.write(f"{head} {label} {{{len(mail.raw)}}}\r\n".encode())
                self._writer.write(mail.raw + b")\r\n")
                if "PEEK" not in match["items"].upper():
                    mail.flags.add("\\Seen")
            else:
                self._line(head + ")")
        self._line(f"{tag} OK done")

    async def _store(self, tag: str, arguments: str) -> None:
        wanted, _, rest = arguments.partition(" ")
        flags = set(re.findall(r"\\\w+", rest))
        for mail in self._server.inbox:
            if _within(mail.uid, wanted):
                mail.flags = mail.flags - flags if rest.startswith("-") else mail.flags | flags
        self._line(f"{tag} OK done")

    async def _expunge(self, tag: str, arguments: str) -> None:
        self._server.inbox = [m for m in self._server.inbox if "\\Deleted" not in m.flags]
        self._line(f"{tag} OK done")

    async def _logout(self, tag: str, arguments: str) -> None:
        self._line("* BYE")
        self._line(f"{tag} OK done")


def _within(uid: int, wanted: str) -> bool:
    for part in wanted.split(","):
        low, _, high = part.partition(":")
        if low == "*" or uid == _number(low):
            return True
        if high and _number(low) <= uid <= (10**9 if high == "*" else _number(high)):
            return True
    return False


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1
