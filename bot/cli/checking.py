"""What ``schakel check`` looks at. It reads, connects and greets; it never sends anything."""

from __future__ import annotations

import asyncio
import imaplib
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiosmtplib
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.backup.moved import moved_at
from bot.carrying import configured_kinds
from bot.cli import texts
from bot.cli.checking_files import check_files
from bot.cli.frame import say
from bot.cli.watching import line_of_shortage
from bot.clock import utc_now
from bot.config import Config, ConfigError
from bot.database import open_database
from bot.database_faults import trouble_with_own
from bot.migrating import MigrationError, is_current
from bot.own_key import key_fault
from bot.room import shortages
from bot.run_texts import KEY_FAULTS, MOVED_AWAY
from bot.settings import MailSettings
from bot.telegram_request import AiohttpRequest
from briefings.city_lines import current_settings
from briefings.moments import dated, local_date
from briefings.settings import unfit_for_parents, unsaid_for_parents
from briefings.texts import FOR_PARENTS
from contacts.directory import Role
from contacts.permissions import people_with
from contacts.records import Database
from contacts.sending import channels_of
from contacts.texts import counted
from feeds.looking import Look, look_at
from feeds.rows import Source, being_read
from feeds.settings import FeedSettings
from feeds.sources import sync_sources
from feeds.standing import KeptBy
from feeds.texts import FAULTS
from signals.workdays import day_and_time

TIMEOUT_S = 10.0
FEEDS_AT_ONCE = 8


@dataclass
class Findings:
    """Says every finding at once, and counts them."""

    in_order: int = 0
    open: int = 0

    def good(self, what: str) -> None:
        say(texts.CHECK_OK.format(what=what))
        self.in_order += 1

    def bad(self, what: str) -> None:
        say(texts.CHECK_BAD.format(what=what))
        self.open += 1

    def note(self, what: str) -> None:
        say(texts.CHECK_NOTE.format(what=what))


async def check_all(config: Config, findings: Findings) -> None:
    """Say line by line what is right and wrong."""
    for shortage in shortages(config):
        findings.bad(line_of_shortage(shortage))
    check_files(config, findings)
    if await _database(config, findings):
        await _key_of_store(config, findings)
        database = open_database(config.database.url)
        try:
            await _people(database, config, findings)
            await _stored_feeds(database, config, findings)
            config = await _as_confirmed(database, config)
        finally:
            await database.close()
    else:
        await _feeds([(s.name, s.url) for s in config.feeds.sources], config.feeds, findings)
    await _bot(config, findings)
    await _mail(config.mail, findings)
    await _mailbox(config.mail, findings)
    await _accounts(config, findings)
    _links(config, findings)
    _school_holidays(config, findings)
    _lines(config, findings)


async def _key_of_store(config: Config, findings: Findings) -> None:
    try:
        fault = await key_fault(config)
    except ConfigError as error:
        for line in error.lines:
            findings.bad(line)
        return
    if fault is None:
        findings.good(texts.CHECK_KEY_OK)
    else:
        findings.bad(KEY_FAULTS[fault])


async def _database(config: Config, findings: Findings) -> bool:
    try:
        current = await is_current(config.database.url)
    except MigrationError as error:
        findings.bad(trouble_with_own(error))
        return False
    if current and (moved := await moved_at(config.database.url)) is not None:
        findings.bad(MOVED_AWAY.format(at=day_and_time(moved)))
    elif current:
        findings.good(texts.CHECK_DB_OK)
    else:
        findings.bad(texts.CHECK_DB_BAD)
    return current


async def _people(db: Database, config: Config, findings: Findings) -> None:
    async with db.read() as session:
        coordinators = await count_reachable(session, Role.COORDINATOR, config)
        by_more = await count_reachable(session, Role.COORDINATOR, config, at_least=2)
        approvers = await count_reachable(session, Role.APPROVER, config)
    if coordinators:
        findings.good(texts.CHECK_COORDINATORS.format(count=coordinators))
    else:
        findings.bad(texts.CHECK_NO_COORDINATOR)
    if by_more < coordinators:
        findings.note(texts.CHECK_ONE_CHANNEL.format(count=coordinators - by_more))
    if approvers:
        findings.good(texts.CHECK_APPROVERS.format(count=approvers))
    else:
        severity = config.briefings.four_eyes_from
        findings.bad(texts.CHECK_NO_APPROVER.format(severity=severity))


async def count_reachable(
    session: AsyncSession, role: Role, config: Config, *, at_least: int = 1
) -> int:
    """How many people with this role have a channel that a message can really go through.

    :param at_least: kinds of channel that they have of those; two do not fail together.
    """
    kinds = configured_kinds(config)
    people = await people_with(session, role, is_exercise=config.is_exercise)
    channels = [await channels_of(session, person.id or 0) for person in people]
    return sum(
        len({channel.kind for channel in theirs if channel.kind in kinds}) >= at_least
        for theirs in channels
    )


async def _stored_feeds(db: Database, config: Config, findings: Findings) -> None:
    """Look at every source that is read; one that answers as a feed counts as checked."""
    async with db.begin() as session:
        await sync_sources(session, config.feeds, now=utc_now(), is_exercise=config.is_exercise)
        found = await session.exec(select(Source).where(being_read()).order_by(col(Source.id)))
        sources = [(source.id, source.name, source.url) for source in found.all()]
        left = await session.exec(
            select(Source.name)
            .where(col(Source.kept_by) == KeptBy.NOBODY, col(Source.scene).is_(None))
            .order_by(col(Source.name))
        )
        for name in left.all():
            findings.note(texts.CHECK_FEED_LEFT.format(name=name))
    pairs = [(name, url) for _, name, url in sources]
    results = await _feeds(pairs, config.feeds, findings)
    async with db.begin() as session:
        for (ident, _, url), answered in zip(sources, results, strict=True):
            row = await session.get_one(Source, ident)
            if answered and row.url == url:
                row.verified_at = row.verified_at or utc_now()


async def _feeds(
    sources: list[tuple[str, str]], settings: FeedSettings, findings: Findings
) -> list[bool]:
    """Whether each source answers as a feed."""
    gate = asyncio.Semaphore(FEEDS_AT_ONCE)

    async def look(url: str) -> Look:
        async with gate:
            return await look_at(url, settings, now=utc_now())

    results = []
    answers = [asyncio.create_task(look(url)) for _, url in sources]
    for (name, _), answer in zip(sources, answers, strict=True):
        found = await answer
        if found.is_fine:
            items = counted(texts.CHECK_FEED_ITEMS, found.items)
            findings.good(texts.CHECK_FEED_OK.format(name=name, items=items))
        else:
            why = FAULTS.get(found.fault, FAULTS["unknown"])
            findings.bad(texts.CHECK_FEED_BAD.format(name=name, why=why))
        results.append(found.is_fine)
    return results


async def _bot(config: Config, findings: Findings) -> None:
    if not config.telegram.token:
        return findings.bad(texts.CHECK_BOT_NONE)
    request = AiohttpRequest(read_timeout_s=TIMEOUT_S)
    try:
        bot = Bot(config.telegram.token, base_url=config.telegram.base_url, request=request)
        me = await bot.get_me()
    except InvalidToken:
        return findings.bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_UNKNOWN))
    except TelegramError:
        return findings.bad(texts.CHECK_BOT_BAD.format(why=texts.CHECK_BOT_AWAY))
    finally:
        await request.shutdown()
    configured = config.telegram.bot_name
    if configured.lower() != (me.username or "").lower():
        shown = configured or texts.CHECK_NOTHING
        return findings.bad(texts.CHECK_BOT_NAME.format(name=me.username, configured=shown))
    return findings.good(texts.CHECK_BOT_OK.format(name=me.username))


async def _mail(mail: MailSettings, findings: Findings) -> None:
    """Connect, greet and log in; no mail is sent."""
    if not mail.host:
        return findings.note(texts.CHECK_MAIL_NONE)
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
        return findings.bad(texts.CHECK_MAIL_LOGIN.format(host=mail.host, section="SMTP"))
    except (aiosmtplib.SMTPException, OSError, ValueError):
        return findings.bad(
            texts.CHECK_MAIL_BAD.format(host=mail.host, port=mail.port, tls=mail.tls)
        )
    return findings.good(texts.CHECK_MAIL_OK.format(host=mail.host))


async def _mailbox(mail: MailSettings, findings: Findings) -> None:
    if not mail.imap_host:
        return findings.note(texts.CHECK_BOX_NONE) if mail.host else None
    try:
        await asyncio.to_thread(_open_mailbox, mail)
    except imaplib.IMAP4.abort:
        return findings.bad(texts.CHECK_BOX_BAD.format(host=mail.imap_host, port=mail.imap_port))
    except imaplib.IMAP4.error:
        if not mail.imap_password:
            return findings.bad(texts.CHECK_BOX_NO_PASSWORD.format(host=mail.imap_host))
        return findings.bad(texts.CHECK_MAIL_LOGIN.format(host=mail.imap_host, section="IMAP"))
    except OSError:
        return findings.bad(texts.CHECK_BOX_BAD.format(host=mail.imap_host, port=mail.imap_port))
    return findings.good(texts.CHECK_BOX_OK.format(host=mail.imap_host))


def _open_mailbox(mail: MailSettings) -> None:
    kind = imaplib.IMAP4_SSL if mail.imap_tls else imaplib.IMAP4
    with kind(mail.imap_host, mail.imap_port, timeout=TIMEOUT_S) as box:
        box.login(mail.imap_user, mail.imap_password)


async def _accounts(config: Config, findings: Findings) -> None:
    """Read what the provider says about itself, and its keys; nobody signs in."""
    if not config.sign_in.is_on:
        return
    from bot.console.accounts import redirect_uri
    from bot.oidc.faults import ProviderFault
    from bot.oidc.provider import Provider

    issuer, back = config.sign_in.issuer, redirect_uri(config)
    try:
        await Provider(config.sign_in, redirect_uri=back, clock=utc_now).look()
    except ProviderFault as fault:
        why = texts.ACCOUNT_FAULTS.get(fault.detail) or texts.ACCOUNT_FAULTS[fault.fault]
        findings.bad(texts.CHECK_ACCOUNT_BAD.format(issuer=issuer, why=why))
    else:
        findings.good(texts.CHECK_ACCOUNT_OK.format(issuer=issuer))
    findings.note(texts.CHECK_ACCOUNT_BACK.format(back=back))


def _links(config: Config, findings: Findings) -> None:
    """A link to this machine is of no use on a phone, and an open one shows who reads what."""
    address = urlsplit(config.web.base_url)
    if _is_this_machine(address.hostname or ""):
        if config.is_exercise:
            findings.good(texts.CHECK_LINKS_OK.format(address=config.web.base_url))
        else:
            findings.bad(texts.CHECK_LINKS_LOCAL)
    elif address.scheme != "https":
        findings.bad(texts.CHECK_LINKS_OPEN.format(address=config.web.base_url))
    else:
        findings.good(texts.CHECK_LINKS_OK.format(address=config.web.base_url))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _school_holidays(config: Config, findings: Findings) -> None:
    """Without them a text in a holiday speaks of tomorrow's lesson."""
    if config.is_exercise:
        return None
    today = local_date(utc_now())
    coming = [last for _, last in config.briefings.school_holidays if last >= today]
    if coming:
        return findings.good(texts.CHECK_HOLIDAYS_OK.format(until=dated(max(coming))))
    return findings.bad(texts.CHECK_HOLIDAYS_NONE)


async def _as_confirmed(db: Database, config: Config) -> Config:
    """With what was looked up at the desk or by who keeps a line: that counts when it is sent."""
    async with db.read() as session:
        lines = await current_settings(session, config.briefings)
    return config.model_copy(update={"briefings": lines})


def _lines(config: Config, findings: Findings) -> None:
    for line in unfit_for_parents(config.briefings.meldkaart):
        findings.note(texts.CHECK_PARENTS.format(label=line.label, said=FOR_PARENTS))
    if unsaid := unsaid_for_parents(config.briefings.meldkaart):
        labels = ", ".join(f"'{line.label}'" for line in unsaid)
        findings.note(texts.CHECK_PARENTS_UNSAID.format(labels=labels))
    if config.is_exercise:
        return findings.note(texts.CHECK_EXERCISE)
    today = local_date(utc_now())
    unverified = config.briefings.unverified_in(today)
    for section, line in unverified:
        why = texts.LINE_FAULTS[line.fault(today) or "unchecked"]
        findings.bad(texts.CHECK_LINE.format(label=line.label, why=why, section=section))
    if unverified:
        findings.note(texts.CHECK_GATE)
    else:
        findings.good(texts.CHECK_GATE_OPEN)
    return None
