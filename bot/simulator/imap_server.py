"""A small IMAP4rev1 mailbox on loopback: enough for imaplib to read, flag and clear an inbox."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.simulator.bounces import bounce_for
from bot.simulator.imap_search import BadSearch, Stored, search, within, words_of

_FETCH = re.compile(r"(?P<set>\S+)\s+(?P<items>.+)\Z", re.DOTALL)
_ITEM = re.compile(r"[A-Za-z0-9.]+(?:\[[^\]]*\])?(?:<\d+\.\d+>)?")
_BODY = re.compile(r"BODY(?P<peek>\.PEEK)?\[(?P<part>[^\]]*)\](?:<(?P<from>\d+)\.(?P<size>\d+)>)?")
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n\Z")
_MACROS = {"ALL": "FLAGS INTERNALDATE RFC822.SIZE", "FAST": "FLAGS INTERNALDATE RFC822.SIZE"}
_KEEPS = r"(\Seen \Answered \Flagged \Deleted \Draft)"
_LARGEST = 1 << 20


class ImapServer:
    """One inbox. ``deliver`` puts a mail in, as the outside world would.

    :param user: and ``password``: what a client must give.
    """

    def __init__(self, user: str = "schakel", password: str = "oefening") -> None:  # noqa: S107  (loopback)
        self.user, self.password = user, password
        self.inbox: list[Stored] = []
        self.port = 0
        self._next_uid = 1
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def next_uid(self) -> int:
        return self._next_uid

    def deliver(self, raw: bytes) -> int:
        """A mail arrives; returns its uid."""
        lines = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        came = datetime.now(UTC)  # noqa: TID251  (the outside world)
        stored = Stored(self._next_uid, lines, came=came)
        self._next_uid += 1
        self.inbox.append(stored)
        return stored.uid

    def bounce(self, envelope_sender: str, recipient: str, *, status: str = "5.1.1") -> int:
        """A delivery status notification comes back to the envelope sender."""
        return self.deliver(bounce_for(envelope_sender, recipient, status=status))

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=_LARGEST)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the line of every client, and wait until they are gone."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._writers.add(writer)
        self._tasks.add(task)
        try:
            await _Dialogue(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # the client went away, or sent a line without end
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.close()


class _Dialogue:
    """One client's session."""

    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._is_known = self._has_box = self._may_write = False

    async def run(self) -> None:
        self._line("* OK [CAPABILITY IMAP4rev1 UIDPLUS] Schakel oefen-IMAP4rev1")
        while line := await self._command():
            tag, _, rest = line.partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
                name = f"uid {name}"
            await self._answer(tag, name.lower(), arguments.strip())
            await self._writer.drain()
            if name.lower() == "logout":
                return

    async def _command(self) -> str:
        """One command, its literals put in as quoted strings; empty at the end."""
        text = ""
        while raw := await self._reader.readline():
            literal = _LITERAL.search(raw)
            if literal is None:
                return text + raw.decode(errors="replace").rstrip("\r\n") or "*"
            text += raw[: literal.start()].decode(errors="replace")
            if not literal[2]:
                self._line("+ go on")
                await self._writer.drain()
            given = (await self._reader.readexactly(int(literal[1]))).decode(errors="replace")
            text += '"' + re.sub(r'(["\\])', r"\\\1", given) + '"'
        return ""

    async def _answer(self, tag: str, name: str, arguments: str) -> None:
        before, after = self._commands()
        handler = before.get(name) or after.get(name)
        if handler is None:
            self._line(f"{tag} BAD unknown command")
        elif name not in before and not self._is_known:
            self._line(f"{tag} NO log in first")
        elif name in _IN_A_BOX and not self._has_box:
            self._line(f"{tag} BAD select a mailbox first")
        elif name in _WRITING and not self._may_write:
            self._line(f"{tag} NO [READ-ONLY] only to be looked at")
        else:
            await handler(tag, arguments)

    def _commands(self) -> tuple[dict[str, _Handler], dict[str, _Handler]]:
        before: dict[str, _Handler] = {
            "capability": self._capability, "login": self._login, "noop": self._noop,
            "logout": self._logout, "id": self._noop,
        }  # fmt: skip
        after: dict[str, _Handler] = {
            "select": self._select, "examine": self._examine, "status": self._status,
            "list": self._list, "check": self._noop, "close": self._close,
            "unselect": self._unselect, "search": self._search, "uid search": self._uid_search,
            "fetch": self._fetch, "uid fetch": self._uid_fetch, "store": self._store,
            "uid store": self._uid_store, "expunge": self._expunge,
            "uid expunge": self._uid_expunge,
        }  # fmt: skip
        return before, after

    def _line(self, text: str) -> None:
        self._writer.write(text.encode() + b"\r\n")

    async def _capability(self, tag: str, arguments: str) -> None:
        self._line("* CAPABILITY IMAP4rev1 UIDPLUS UNSELECT")
        self._line(f"{tag} OK done")

    async def _login(self, tag: str, arguments: str) -> None:
        self._is_known = words_of(arguments) == [self._server.user, self._server.password]
        self._line(f"{tag} OK done" if self._is_known else f"{tag} NO [AUTHENTICATIONFAILED] wrong")

    async def _select(self, tag: str, arguments: str) -> None:
        self._open(tag, arguments, may_write=True)

    async def _examine(self, tag: str, arguments: str) -> None:
        self._open(tag, arguments, may_write=False)

    def _open(self, tag: str, arguments: str, *, may_write: bool) -> None:
        self._has_box = self._may_write = False
        if not _is_inbox(arguments):
            self._line(f"{tag} NO [NONEXISTENT] there is only INBOX")
            return
        self._has_box, self._may_write = True, may_write
        self._line(f"* {len(self._server.inbox)} EXISTS")
        self._line("* 0 RECENT")
        self._line(f"* FLAGS {_KEEPS}")
        self._line(f"* OK [PERMANENTFLAGS {_KEEPS if may_write else '()'}] kept")
        self._line("* OK [UIDVALIDITY 1] valid")
        self._line(f"* OK [UIDNEXT {self._server.next_uid}] next")
        self._line(f"{tag} OK [{'READ-WRITE' if may_write else 'READ-ONLY'}] done")

    async def _status(self, tag: str, arguments: str) -> None:
        inbox = self._server.inbox
        if not _is_inbox(arguments):
            self._line(f"{tag} NO [NONEXISTENT] there is only INBOX")
            return
        unseen = sum(not mail.has("\\seen") for mail in inbox)
        self._line(
            f'* STATUS "INBOX" (MESSAGES {len(inbox)} RECENT 0 UIDNEXT {self._server.next_uid} '
            f"UIDVALIDITY 1 UNSEEN {unseen})"
        )
        self._line(f"{tag} OK done")

    async def _noop(self, tag: str, arguments: str) -> None:
        if self._has_box:
            self._line(f"* {len(self._server.inbox)} EXISTS")
        self._line(f"{tag} OK done")

    async def _list(self, tag: str, arguments: str) -> None:
        self._line('* LIST (\\HasNoChildren) "/" "INBOX"')
        self._line(f"{tag} OK done")

    async def _search(self, tag: str, arguments: str) -> None:
        self._find(tag, arguments, by_uid=False)

    async def _uid_search(self, tag: str, arguments: str) -> None:
        self._find(tag, arguments, by_uid=True)

    def _find(self, tag: str, arguments: str, *, by_uid: bool) -> None:
        inbox = self._server.inbox
        try:
            places = search(arguments, inbox)
        except BadSearch as error:
            self._line(f"{tag} BAD search: {error}")
            return
        found = [inbox[place - 1].uid if by_uid else place for place in places]
        self._line(" ".join(["* SEARCH", *map(str, found)]))
        self._line(f"{tag} OK done")

    async def _fetch(self, tag: str, arguments: str) -> None:
        self._show(tag, arguments, by_uid=False)

    async def _uid_fetch(self, tag: str, arguments: str) -> None:
        self._show(tag, arguments, by_uid=True)

    def _show(self, tag: str, arguments: str, *, by_uid: bool) -> None:
        match = _FETCH.match(arguments)
        if match is None:
            self._line(f"{tag} BAD fetch what")
            return
        asked = match["items"].strip("() ")
        items = _ITEM.findall(_MACROS.get(asked.upper(), asked))
        if by_uid and "UID" not in map(str.upper, items):
            items.insert(0, "UID")
        for place, mail in self._chosen(match["set"], by_uid=by_uid):
            self._writer.write(f"* {place} FETCH (".encode() + self._parts(mail, items) + b")\r\n")
        self._line(f"{tag} OK done")

    def _parts(self, mail: Stored, items: list[str]) -> bytes:
        # What reading marks as seen is marked first, so that FLAGS tells it.
        if self._may_write and any(_marks_seen(item) for item in items):
            mail.flags.add("\\Seen")
        return b" ".join(_part(mail, item.upper()) for item in items)

    async def _store(self, tag: str, arguments: str) -> None:
        self._flag(tag, arguments, by_uid=False)

    async def _uid_store(self, tag: str, arguments: str) -> None:
        self._flag(tag, arguments, by_uid=True)

    def _flag(self, tag: str, arguments: str, *, by_uid: bool) -> None:
        wanted, _, rest = arguments.partition(" ")
        how, _, given = rest.partition(" ")
        flags = set(given.strip("() ").split())
        for place, mail in self._chosen(wanted, by_uid=by_uid):
            if how.startswith("-"):
                mail.flags -= flags
            elif how.startswith("+"):
                mail.flags |= flags
            else:
                mail.flags = set(flags)
            if "SILENT" not in how.upper():
                shown = " ".join(sorted(mail.flags))
                self._line(f"* {place} FETCH (UID {mail.uid} FLAGS ({shown}))")
        self._line(f"{tag} OK done")

    async def _expunge(self, tag: str, arguments: str) -> None:
        self._clear(tag, "1:*")

    async def _uid_expunge(self, tag: str, arguments: str) -> None:
        self._clear(tag, arguments)

    def _clear(self, tag: str, wanted: str, *, say: bool = True) -> None:
        gone = [p for p, m in self._chosen(wanted, by_uid=True) if m.has("\\deleted")]
        for place in reversed(gone):
            del self._server.inbox[place - 1]
            if say:
                self._line(f"* {place} EXPUNGE")
        self._line(f"{tag} OK done")

    async def _close(self, tag: str, arguments: str) -> None:
        self._clear(tag, "1:*" if self._may_write else "0", say=False)
        self._has_box = self._may_write = False

    async def _unselect(self, tag: str, arguments: str) -> None:
        self._has_box = self._may_write = False
        self._line(f"{tag} OK done")

    async def _logout(self, tag: str, arguments: str) -> None:
        self._line("* BYE")
        self._line(f"{tag} OK done")

    def _chosen(self, wanted: str, *, by_uid: bool) -> list[tuple[int, Stored]]:
        """(place from 1, mail) of a set of uids or places."""
        inbox = self._server.inbox
        last = (inbox[-1].uid if by_uid else len(inbox)) if inbox else 0
        return [
            (place, mail)
            for place, mail in enumerate(inbox, start=1)
            if within(mail.uid if by_uid else place, wanted, last)
        ]


_Handler = Callable[[str, str], Awaitable[None]]
_WRITING = frozenset({"store", "uid store", "expunge", "uid expunge"})
_IN_A_BOX = _WRITING | {
    "search", "uid search", "fetch", "uid fetch", "check", "close", "unselect"
}  # fmt: skip


def _is_inbox(arguments: str) -> bool:
    return [word.upper() for word in words_of(arguments)[:1]] == ["INBOX"]


def _marks_seen(item: str) -> bool:
    match = _BODY.match(item.upper())
    return item.upper() in ("RFC822", "RFC822.TEXT") or bool(match and not match["peek"])


def _part(mail: Stored, item: str) -> bytes:
    if item == "UID":
        return f"UID {mail.uid}".encode()
    if item == "FLAGS":
        return f"FLAGS ({' '.join(sorted(mail.flags))})".encode()
    if item == "INTERNALDATE":
        return f'INTERNALDATE "{mail.came:%d-%b-%Y %H:%M:%S +0000}"'.encode()
    if item == "RFC822.SIZE":
        return f"RFC822.SIZE {len(mail.raw)}".encode()
    match = _BODY.match(item)
    if match is None and not item.startswith("RFC822"):
        return item.encode() + b" NIL"
    part = match["part"] if match else item.removeprefix("RFC822").strip(".")
    content = _content(mail.raw, part)
    if match is None:
        return item.encode() + _literal(content)
    label = f"BODY[{match['part']}]"
    if match["from"]:
        start = int(match["from"])
        content = content[start : start + int(match["size"])]
        label += f"<{start}>"
    return label.encode() + _literal(content)


def _content(raw: bytes, part: str) -> bytes:
    head, _, body = raw.partition(b"\r\n\r\n")
    if part.startswith("HEADER"):
        return head + b"\r\n\r\n"
    return body if part in ("TEXT", "1") else raw


def _literal(content: bytes) -> bytes:
    return f" {{{len(content)}}}\r\n".encode() + content
