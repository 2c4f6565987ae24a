"""``schakel init`` and ``schakel check``: the first six questions, and what is right or wrong."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import texts
from bot.cli.frame import DEFAULT_CONFIG, WRONG, ConfigPath, load, run, say, stop

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from bot.config import Config

#: the file that ``init`` starts from lies beside the packages
TEMPLATE = Path(__file__).parents[2] / "config.toml"
#: the city of that file, and where lists of places lie that come with the product
TEMPLATE_CITY, COUNTRY = "arnhem", "landelijk"
PLACES = Path(__file__).parents[2] / "feeds" / "lexicon" / "plaatsen"

Answers = dict[tuple[str, str], str]
ASKED = (
    ("briefings", "city"),
    ("telegram", "bot_name"),
    ("mail", "host"),
    ("mail", "from_address"),
    ("mail", "reply_address"),
    ("web", "base_url"),
)
#: somebody ended the questions, or nobody is there to answer them
STOPPED = 1
#: an Enter keeps what stands there, so that no mail at all needs a word of its own
NONE = "-"
_BOT_NAME = r"@?[A-Za-z][A-Za-z0-9_]{1,28}[Bb][Oo][Tt]"
_ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"


def init(
    config: ConfigPath = DEFAULT_CONFIG,
    force: Annotated[bool, typer.Option("--force", help=texts.HELP_FORCE)] = False,
) -> None:
    if is_filled_in(config) and not force:
        raise stop(texts.INIT_EXISTS.format(path=config))
    text = (config if config.exists() else TEMPLATE).read_text(encoding="utf-8")
    try:
        answers, name = _ask_all(values_of(text))
    except typer.Abort:
        # A break, or an input that ended before the last question.
        raise stop(f"\n{texts.INIT_STOPPED.format(path=config)}", STOPPED) from None
    loaded = _write(config, fill_in(text, answers | _place_of(answers["briefings", "city"])))
    link = run(_first_person(loaded, name))
    say(texts.INIT_WRITTEN.format(path=config))
    say(texts.INIT_LINK)
    say(link)
    _show_qr(link)
    say(texts.INIT_NEXT)
    if slug_of(loaded.briefings.city) != TEMPLATE_CITY:
        known = loaded.feeds.place != TEMPLATE_CITY
        say(
            (texts.INIT_OTHER_CITY if known else texts.INIT_UNKNOWN_CITY).format(
                city=loaded.briefings.city, path=config
            )
        )


def slug_of(city: str) -> str:
    """A city as its list of places is called: small letters and dashes. Pure."""
    return re.sub(r"[^a-z]+", "-", city.lower()).strip("-")


def _place_of(city: str) -> Answers:
    """The list of places of this city, where one comes with the product."""
    name = slug_of(city)
    known = (PLACES / f"{name}.toml").is_file() and name != COUNTRY
    return {("feeds", "place"): name} if known else {}


def is_filled_in(config: Path) -> bool:
    """Whether somebody made this file his own: it names a bot, or cannot be read."""
    if not config.exists():
        return False
    try:
        raw = tomllib.loads(config.read_text(encoding="utf-8"))
        return bool(raw["telegram"]["bot_name"])
    except (KeyError, TypeError):
        return False
    except (OSError, ValueError):
        return True


def values_of(text: str) -> Answers:
    """What the file says now for the keys that ``init`` asks; nothing for a broken file."""
    try:
        raw = tomllib.loads(text)
    except ValueError:
        return {}
    found = {(at, key): raw[at].get(key) for at, key in ASKED if isinstance(raw.get(at), dict)}
    return {place: value for place, value in found.items() if isinstance(value, str)}


def _ask_all(now: Answers) -> tuple[Answers, str]:
    """What stands in the file already is offered as the answer."""

    def known(section: str, key: str, other: str | None = None) -> str | None:
        return now.get((section, key)) or other

    city = _ask(
        texts.INIT_CITY, r".{2,60}", texts.INIT_CITY_BAD,
        default=known("briefings", "city", "Arnhem"),
    )  # fmt: skip
    bot_name = _ask(
        texts.INIT_BOT, _BOT_NAME, texts.INIT_BOT_BAD, default=known("telegram", "bot_name")
    ).lstrip("@")
    mail_host, mail = _ask_mail(known("mail", "host", ""), known("mail", "from_address"))
    # A mailbox of its own for replies stays; it is not one of the questions.
    own = now.get(("mail", "reply_address"), "")
    is_own = own and own != now.get(("mail", "from_address"))
    reply = own if is_own and mail_host else mail
    web = _ask(
        texts.INIT_WEB, r"https?://\S+", texts.INIT_WEB_BAD,
        default=known("web", "base_url", texts.INIT_WEB_DEFAULT),
    )  # fmt: skip
    name = _ask(texts.INIT_NAME, r".{1,120}", texts.INIT_NAME_BAD, default=texts.INIT_NAME_DEFAULT)
    answers = {
        ("briefings", "city"): city,
        ("telegram", "bot_name"): bot_name,
        ("mail", "host"): mail_host,
        ("mail", "from_address"): mail,
        ("mail", "reply_address"): reply,
        ("web", "base_url"): web.rstrip("/"),
    }
    return answers, name


def _ask_mail(host_now: str | None, sender_now: str | None) -> tuple[str, str]:
    """The server and the sender; both empty without mail."""
    question = texts.INIT_MAIL_AGAIN.format(none=NONE) if host_now else texts.INIT_MAIL
    host = _ask(question, r"[A-Za-z0-9.:-]*", texts.INIT_MAIL_BAD, default=host_now or "")
    if not host or host == NONE:
        return "", ""
    return host, _ask(texts.INIT_FROM, _ADDRESS, texts.INIT_FROM_BAD, default=sender_now)


def _ask(question: str, pattern: str, complaint: str, *, default: str | None = None) -> str:
    """Ask until the answer has the form of ``pattern``; also an empty one is answered."""
    while True:
        answer = typer.prompt(question, default=default or "", show_default=bool(default)).strip()
        if re.fullmatch(pattern, answer):
            return str(answer)
        say(complaint)


def _write(config: Path, text: str) -> Config:
    """Put the file in its place only when it can be used."""
    config.parent.mkdir(parents=True, exist_ok=True)
    fresh = config.with_name(config.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    try:
        loaded = load(fresh)
        fresh.replace(config)
    finally:
        fresh.unlink(missing_ok=True)
    return loaded


def fill_in(text: str, values: Answers) -> str:
    """``text`` (TOML) with other values for some keys; comments stay, missing keys are added."""
    section, left = "", dict(values)
    lines: list[str] = []
    heads: dict[str, int] = {}
    for line in text.splitlines():
        if head := re.match(r"\s*\[+([\w.]+)\]+", line):
            section = head[1]
            heads[section] = len(lines) + 1
        key = (section, line.partition("=")[0].strip())
        lines.append(f"{key[1]} = {_quoted(left.pop(key))}" if key in left else line)
    for (place, name), value in left.items():
        if place not in heads:
            lines += ["", f"[{place}]"]
            heads[place] = len(lines)
        lines.insert(heads[place], f"{name} = {_quoted(value)}")
        heads = {other: at + (at > heads[place]) for other, at in heads.items()}
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    # A JSON string is a TOML string, but for one character that JSON leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _show_qr(link: str) -> None:
    import segno

    segno.make(link, error="m").terminal(compact=True)


async def _first_person(config: Config, name: str) -> str:
    """The first beheerder and coördinator, with the link that connects their Telegram."""
    from bot.clock import utc_now
    from bot.config import load_sealer
    from bot.database import open_database
    from bot.migrating import migrate
    from contacts.directory import Role
    from contacts.invitations import deep_link, invite
    from contacts.journal import OPERATOR
    from contacts.people import grant

    await migrate(config.database.url)
    load_sealer(config)
    database, now = open_database(config.database.url), utc_now()
    try:
        async with database.begin() as session:
            person_id = await _find_or_add(session, config, name, now=now)
            for role in (Role.COORDINATOR, Role.ADMIN):
                await grant(session, person_id, role, who=OPERATOR, now=now)
            token = await invite(session, person_id, now=now)
    finally:
        await database.close()
    return deep_link(config.telegram.bot_name, token)


async def _find_or_add(session: AsyncSession, config: Config, name: str, *, now: datetime) -> int:
    """The person of this name at the municipality; a second ``init`` finds the first one's."""
    from sqlmodel import col, select

    from contacts.directory import Domain, Organisation, Person

    title = texts.INIT_ORGANISATION.format(city=config.briefings.city)
    found = await session.exec(select(Organisation).where(col(Organisation.name) == title))
    organisation = found.first() or Organisation(
        name=title, domain=Domain.MUNICIPALITY, created_at=now, is_exercise=config.is_exercise
    )
    session.add(organisation)
    await session.flush()
    assert organisation.id is not None
    known = await session.exec(
        select(Person).where(
            col(Person.organisation_id) == organisation.id, col(Person.name) == name
        )
    )
    person = known.first() or Person(
        organisation_id=organisation.id, name=name, function=name, created_at=now,
        is_exercise=organisation.is_exercise,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    assert person.id is not None
    return person.id


def check(config: ConfigPath = DEFAULT_CONFIG) -> None:
    loaded = load(config)
    from bot.cli.checking import Findings, check_all

    findings = Findings()
    findings.good(texts.CHECK_CONFIG.format(path=config))
    run(check_all(loaded, findings))
    say(texts.CHECK_TALLY.format(open=findings.open, in_order=findings.in_order))
    say(texts.CHECK_DONE)
    if findings.open:
        raise typer.Exit(WRONG)
