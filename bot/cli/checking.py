"""What ``schakel check`` looks at. It reads, connects and greets; it never sends anything."""

from __future__ import annotations

import asyncio
import imaplib
from urllib.parse import urlsplit

import aiosmtplib
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.cli import texts
from bot.cli.frame import say
from bot.clock import utc_now
from bot.config import KEY_FILE, Config
from bot.database import open_database
from bot.migrating import MigrationError, is_current
from bot.settings import MailSettings
from bot.telegram_request import AiohttpRequest
from contacts.directory import Role
from contacts.permissions import people_with
from contacts.records import Database
from contacts.sending import first_channel
from feeds.polling import check_source
from feeds.rows import Source
from feeds.settings import FeedSettings
from feeds.sources import sync_sources
from feeds.texts import FAULTS

TIMEOUT_S = 10.0
FEEDS_AT_ONCE = 8


def _good(what: str) -> bool:
    say(texts.CHECK_OK.format(what=what))
    return True


def _bad(what: str) -> bool:
    say(texts.CHECK_BAD.format(what=what))
    return False


def _note(what: str) -> bool:
    say(texts.CHECK_NOTE.format(what=what))
    return True


async def check_all(config: Config) -> bool:
    """Say line by line what is right and wrong; True when nothing is wrong."""
    results = [_key(config), await _database(config)]
    if results[-1]:
        database = open_database(config.database.url)
        try:
            results += [await _people(database, config), *await _stored_feeds(database, config)]
        finally:
            await database.close()
    else:
        results += await _feeds([(s.name, s.url) for s in config.feeds.sources], config.feeds)
    results += [await _bot(config), await _mail(config.mail), await _mailbox(config.mail)]
    return all([*results, _links(config), _lines(config)])


def _key(config: Config) -> bool:
    """The key is only looked at: ``schakel init`` or ``schakel run`` makes one."""
    file = config.state_dir / KEY_FILE
    if file.exists() and file.stat().st_mode & 0o077:
        return _bad(texts.CHECK_KEY_OPEN.format(path=file))
    return True


async def _database(config: Config) -> bool:
    try:
        current = await is_current(config.database.url)
    except MigrationError:
        return _bad(texts.CHECK_DB_AWAY)
    return _good(texts.CHECK_DB_OK) if current else _bad(texts.CHECK_DB_BAD)


async def _people(db: Database, config: Config) -> bool:
    async with db.read() as session:
        coordinators = await _reachable(session, Role.COORDINATOR, config)
        approvers = await _reachable(session, Role.APPROVER, config)
    right = _good(texts.CHECK_COORDINATORS.format(count=coordinators)) if coordinators else False
    if not coordinators:
        _bad(texts.CHECK_NO_COORDINATOR)
    if not approvers:
        right = _bad(texts.CHECK_NO_APPROVER.format(severity=config.briefings.four_eyes_from))
    return right


async def _reachable(session: AsyncSession, role: Role, config: Config) -> int:
    people = await people_with(session, role, is_exercise=config.is_exercise)
    return len([p for p in people if p.id and await first_channel(session, p.id)])


async def _stored_feeds(db: Database, config: Config) -> list[bool]:
    """Look at every source that is read; one that answers as a feed counts as checked."""
    async with db.begin() as session:
        await sync_sources(session, config.feeds, now=utc_now(), is_exercise=config.is_exercise)
        found = await session.exec(
            select(Source).where(col(Source.is_paused).is_(False)).order_by(col(Source.id))
        )
        sources = [(source.id, source.name, source.url) for source in found.all()]
    results = await _feeds([(name, url) for _, name, url in sources], config.feeds)
    async with db.begin() as session:
        for (ident, _, url), answered in zip(sources, results, strict=True):
            row = await session.get_one(Source, ident)
            if answered and row.url == url:
                row.verified_at = row.verified_at or utc_now()
    return results


async def _feeds(sources: list[tuple[str, str]], settings: FeedSettings) -> list[bool]:
    gate = asyncio.Semaphore(FEEDS_AT_ONCE)

    async def look(url: str) -> int | str:
        async with gate:
            return await check_source(url, settings)

    results = []
    answers = [asyncio.create_task(look(url)) for _, url in sources]
    for (name, _), answer in zip(sources, answers, strict=True):
        found = await answer
        if isinstance(found, str):
            why = FAULTS.get(found, FAULTS["unknown"])
            results.append(_bad(texts.CHECK_FEED_BAD.format(name=name, why=why)))
        else:
            results.append(_good(texts.CHECK_FEED_OK.format(name=name, items=found)))
    return results


async def _bot(config: Config) -> bool:
    if not config.telegram.token:
        return _bad(texts.CHECK_BOT_NONE)
    request = AiohttpRequest(read_timeout_s=TIMEOUT_S)
    try:
        bot = Bot(config.telegram.token, base_url=config.telegram.base_url, request=request)
        me = await bot.get_me()
    except InvalidToken:
        return _bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_UNKNOWN))
    except TelegramError:
        return _bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_AWAY))
    finally:
        await request.shutdown()
    configured = config.telegram.bot_name
    if configured.lower() != (me.username or "").lower():
        shown = configured or texts.CHECK_NOTHING
        return _bad(texts.CHECK_BOT_NAME.format(name=me.username, configured=shown))
    return _good(texts.CHECK_BOT_OK.format(name=me.username))


async def _mail(mail: MailSettings) -> bool:
    """Connect, greet and log in; no mail is sent."""
    if not mail.host:
        return _note(texts.CHECK_MAIL_NONE)
    client = aiosmtplib.SMTP(
        hostname=mail.host, port=mail.port, timeout=TIMEOUT_S, use_tls=mail.tls == "tls",
        start_tls=mail.tls == "starttls",
    )  # fmt: skip
    try:
        async with client:
            await client.ehlo()
            if mail.user:
                await client.login(mail.user, mail.password)
    except aiosmtplib.SMTPAuthenticationError:
        return _bad(texts.CHECK_MAIL_LOGIN.format(host=mail.host, section="SMTP"))
    except (aiosmtplib.SMTPException, OSError, ValueError):
        return _bad(texts.CHECK_MAIL_BAD.format(host=mail.host, port=mail.port, tls=mail.tls))
    return _good(texts.CHECK_MAIL_OK.format(host=mail.host))


async def _mailbox(mail: MailSettings) -> bool:
    if not mail.imap_host:
        return True if not mail.host else _note(texts.CHECK_BOX_NONE)
    try:
        await asyncio.to_thread(_open_mailbox, mail)
    except imaplib.IMAP4.abort:
        return _bad(texts.CHECK_BOX_BAD.format(host=mail.imap_host, port=mail.imap_port))
    except imaplib.IMAP4.error:
        return _bad(texts.CHECK_MAIL_LOGIN.format(host=mail.imap_host, section="IMAP"))
    except OSError:
        return _bad(texts.CHECK_BOX_BAD.format(host=mail.imap_host, port=mail.imap_port))
    return _good(texts.CHECK_BOX_OK.format(host=mail.imap_host))


def _open_mailbox(mail: MailSettings) -> None:
    kind = imaplib.IMAP4_SSL if mail.imap_tls else imaplib.IMAP4
    with kind(mail.imap_host, mail.imap_port, timeout=TIMEOUT_S) as box:
        box.login(mail.imap_user, mail.imap_password)


def _links(config: Config) -> bool:
    """A link to this machine is of no use on somebody else's phone."""
    host = urlsplit(config.web.base_url).hostname or ""
    if config.is_exercise or host not in ("127.0.0.1", "localhost", "::1"):
        return _good(texts.CHECK_LINKS_OK.format(address=config.web.base_url))
    return _bad(texts.CHECK_LINKS_LOCAL)


def _lines(config: Config) -> bool:
    unverified = config.briefings.unverified(utc_now().date())
    if config.is_exercise:
        return _note(texts.CHECK_EXERCISE)
    for line in unverified:
        _bad(texts.CHECK_LINE.format(label=line.label))
    if unverified:
        _note(texts.CHECK_GATE)
    else:
        _good(texts.CHECK_GATE_OPEN)
    return not unverified
