"""What ``schakel check`` looks at. It reads and connects; it never sends anything."""

from __future__ import annotations

import aiosmtplib
from feeds.polling import check_source
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.cli import texts
from bot.cli.frame import say
from bot.clock import utc_now
from bot.config import Config
from bot.database import open_database
from bot.migrating import is_current
from bot.telegram_request import AiohttpRequest
from contacts.directory import Role
from contacts.permissions import people_with
from contacts.records import Database
from contacts.sending import first_channel
from feeds.rows import Source
from feeds.texts import FAULTS


def _good(what: str) -> bool:
    say(texts.CHECK_OK.format(what=what))
    return True


def _bad(what: str) -> bool:
    say(texts.CHECK_BAD.format(what=what))
    return False


async def check_all(config: Config) -> bool:
    """Say line by line what is right and wrong; True when nothing is wrong."""
    if not await is_current(config.database.url):
        results = [_bad(texts.CHECK_DB_BAD)]
    else:
        database = open_database(config.database.url)
        try:
            results = [
                _good(texts.CHECK_DB_OK),
                await _people(database, config),
                *await _feeds(database, config),
            ]
        finally:
            await database.close()
    results += [await _bot(config), await _mail(config), _lines(config)]
    return all(results)


async def _people(db: Database, config: Config) -> bool:
    async with db.read() as session:
        coordinators = await _reachable(session, Role.COORDINATOR, config)
        approvers = await _reachable(session, Role.APPROVER, config)
    right = bool(coordinators) or _bad(texts.CHECK_NO_COORDINATOR)
    if not approvers:
        right = _bad(texts.CHECK_NO_APPROVER.format(severity=config.briefings.four_eyes_from))
    if coordinators:
        say(texts.CHECK_NOTE.format(what=texts.CHECK_COORDINATORS.format(count=coordinators)))
    return right


async def _reachable(session: AsyncSession, role: Role, config: Config) -> int:
    people = await people_with(session, role, is_exercise=config.is_exercise)
    return len([p for p in people if p.id and await first_channel(session, p.id)])


async def _feeds(db: Database, config: Config) -> list[bool]:
    """Fetch each source once; one that answers as a feed is no longer *te controleren*."""
    results = []
    for source in config.feeds.sources:
        found = await check_source(source.url, config.feeds)
        if isinstance(found, str):
            why = FAULTS.get(found, found)
            results.append(_bad(texts.CHECK_FEED_BAD.format(name=source.name, why=why)))
            continue
        results.append(_good(texts.CHECK_FEED_OK.format(name=source.name, items=found)))
        async with db.begin() as session:
            row = (await session.exec(select(Source).where(col(Source.key) == source.key))).first()
            if row is not None:
                row.verified_at = row.verified_at or utc_now()
    return results


async def _bot(config: Config) -> bool:
    if not config.telegram.token:
        return _bad(texts.CHECK_BOT_NONE)
    request = AiohttpRequest()
    bot = Bot(config.telegram.token, base_url=config.telegram.base_url, request=request)
    try:
        me = await bot.get_me()
    except InvalidToken:
        return _bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_UNKNOWN))
    except TelegramError:
        return _bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_AWAY))
    finally:
        await request.shutdown()
    configured = config.telegram.bot_name
    if configured and configured != me.username:
        return _bad(texts.CHECK_BOT_NAME.format(name=me.username, configured=configured))
    return _good(texts.CHECK_BOT_OK.format(name=me.username))


async def _mail(config: Config) -> bool:
    """Connect, greet and log in; no mail is sent."""
    mail = config.mail
    if not mail.host:
        say(texts.CHECK_NOTE.format(what=texts.CHECK_MAIL_NONE))
        return True
    client = aiosmtplib.SMTP(
        hostname=mail.host, port=mail.port, timeout=10, use_tls=mail.tls == "tls",
        start_tls=mail.tls == "starttls",
    )  # fmt: skip
    try:
        async with client:
            if mail.user:
                await client.login(mail.user, mail.password)
            await client.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        why = type(error).__name__
        return _bad(texts.CHECK_MAIL_BAD.format(host=mail.host, why=why))
    return _good(texts.CHECK_MAIL_OK.format(host=mail.host))


def _lines(config: Config) -> bool:
    unverified = config.briefings.unverified(utc_now().date())
    for line in unverified:
        _bad(texts.CHECK_LINE.format(label=line.label))
    if unverified:
        say(texts.CHECK_NOTE.format(what=texts.CHECK_GATE))
    return not unverified
