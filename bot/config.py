"""Reads ``config.toml`` and the environment into one frozen configuration.

Every mistake is reported at once, in Dutch, with the key and what to do. Secrets come
from the environment only (``NAME`` or ``NAME_FILE``). Relative paths count from the folder
of the file, so that every command finds the same data, wherever it is started.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot import texts
from bot.addresses import is_public, is_safe_address
from bot.config_faults import explain
from bot.settings import (
    TELEGRAM_API,
    AlertSettings,
    DatabaseSettings,
    MailSettings,
    RotaSettings,
    SignInSettings,
    TelegramSettings,
    TickSettings,
    WebhookSettings,
    WebSettings,
)
from briefings.settings import BriefingSettings, ClockSettings
from contacts.sealing import Sealer
from contacts.settings import ContactSettings, Frozen, SendingSettings
from feeds.kalender import CalendarSettings
from feeds.meaning import is_installed
from feeds.settings import FeedSettings
from signals.settings import SignalSettings

SECRETS: Mapping[str, tuple[str, str]] = {
    "SCHAKEL_TELEGRAM_TOKEN": ("telegram", "token"),
    "SCHAKEL_SMTP_PASSWORD": ("mail", "password"),
    "SCHAKEL_IMAP_PASSWORD": ("mail", "imap_password"),
    "SCHAKEL_OIDC_SECRET": ("sign_in", "client_secret"),
}
#: not secret by itself, but it may hold a password
DATABASE_URL = "SCHAKEL_DATABASE_URL"
#: where ``schakel move-database`` moves to; no running house needs it
NEW_DATABASE_URL = "SCHAKEL_NEW_DATABASE_URL"
SECRET_KEY = "SCHAKEL_SECRET_KEY"  # noqa: S105  (a name, not a secret)
#: opens back-ups; no running house needs it
BACKUP_KEY = "SCHAKEL_BACKUP_KEY"
KEY_FILE = "secret.key"
DRIVERS = ("sqlite+aiosqlite", "postgresql+psycopg")

#: (section, key) → advice, for keys that were taken away
OBSOLETE: Mapping[tuple[str, str], str] = {
    ("sending", "escalate_after_min"): texts.ESCALATE_PER_SEVERITY,
}


class ConfigError(Exception):
    """The configuration cannot be used; ``lines`` says in Dutch what to mend."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


class Config(Frozen):
    """The whole configuration. ``is_exercise``: everything this installation does is one."""

    state_dir: Path = Field(Path("var"), description="map voor sleutel en gegevens")
    is_exercise: bool = Field(False, description="deze installatie is alleen om te oefenen")
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    sign_in: SignInSettings = Field(default_factory=SignInSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    calendar: CalendarSettings = Field(default_factory=CalendarSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    rota: RotaSettings = Field(default_factory=RotaSettings)
    ticks: TickSettings = Field(default_factory=TickSettings)
    feeds: FeedSettings = Field(default_factory=FeedSettings)
    signals: SignalSettings = Field(default_factory=SignalSettings)
    briefings: BriefingSettings = Field(default_factory=BriefingSettings)
    clock: ClockSettings = Field(default_factory=ClockSettings)
    sending: SendingSettings = Field(default_factory=SendingSettings)
    contacts: ContactSettings = Field(default_factory=ContactSettings)
    webhooks: list[WebhookSettings] = Field(
        default_factory=list, description="systemen die van wijzigingen horen"
    )


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the file, add the secrets.

    :raises ConfigError: with every mistake at once.
    """
    raw = _read(path)
    lines = [*_obsolete(raw), *_secrets_in_file(raw)]
    for name, (section, key) in SECRETS.items():
        _set(raw, section, key, read_secret(name, environ, lines))
    _set(raw, "database", "url", read_secret(DATABASE_URL, environ, lines))
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([*lines, *explain(error, Config)]) from error
    lines.extend(_whole(config))
    if lines:
        raise ConfigError(lines)
    return _rooted(config, path.absolute().parent)


def read_secret(name: str, environ: Mapping[str, str], lines: list[str]) -> str:
    """The value of ``NAME``, or what the file in ``NAME_FILE`` holds; empty when neither is set.

    A file that cannot be read adds a sentence to ``lines``.
    """
    if value := environ.get(name, "").strip():
        return value
    place = environ.get(f"{name}_FILE")
    if not place:
        return ""
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        lines.append(texts.SECRET_FILE.format(name=name, path=place))
        return ""


def load_sealer(config: Config, environ: Mapping[str, str] | None = None) -> Sealer:
    """The sealer with the installation's key; a key file is made when there is none yet.

    :raises ConfigError: the key is damaged or cannot be read. A new one in its place would
        make sealed texts unreadable for good, so it is never made then.
    """
    lines: list[str] = []
    key = read_secret(SECRET_KEY, os.environ if environ is None else environ, lines)
    if lines:
        raise ConfigError(lines)
    place = SECRET_KEY
    if not key:
        file = config.state_dir / KEY_FILE
        place = str(file)
        try:
            key = _key_from(file)
        except OSError as error:
            raise ConfigError([texts.KEY_FILE.format(path=file)]) from error
    try:
        return Sealer(key.encode())
    except ValueError as error:
        raise ConfigError([texts.BAD_KEY.format(place=place)]) from error


def has_key(config: Config, environ: Mapping[str, str] | None = None) -> bool:
    """Whether there is a key, which :func:`load_sealer` would make otherwise."""
    known = os.environ if environ is None else environ
    named = any(known.get(name) for name in (SECRET_KEY, f"{SECRET_KEY}_FILE"))
    return named or (config.state_dir / KEY_FILE).exists()


def _key_from(file: Path) -> str:
    """The key in this file. Of two processes that start at once both read the first one's."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "wb") as out:
            out.write(Sealer.new_key())
        # It appears whole or not at all, and never in place of another.
        with suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
    return file.read_text(encoding="utf-8").strip()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([texts.NO_FILE.format(path=path)]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([texts.NOT_TOML.format(path=path, detail=error)]) from error
    except (OSError, UnicodeError) as error:
        raise ConfigError([texts.UNREADABLE.format(path=path, detail=error)]) from error


def _obsolete(raw: dict[str, Any]) -> Iterator[str]:
    for (section, key), advice in OBSOLETE.items():
        if isinstance(raw.get(section), dict) and raw[section].pop(key, None) is not None:
            yield texts.OBSOLETE.format(section=section, key=key, advice=advice)


def _secrets_in_file(raw: dict[str, Any]) -> Iterator[str]:
    for name, (section, key) in SECRETS.items():
        block = raw.get(section)
        if isinstance(block, dict) and block.pop(key, None) is not None:
            yield texts.SECRET_IN_FILE.format(section=section, key=key, name=name)
    block = raw.get("database")
    url = _url(block.get("url")) if isinstance(block, dict) else None
    if url is not None and url.password:
        yield texts.SECRET_IN_FILE.format(section="database", key="url", name=DATABASE_URL)


def _set(raw: dict[str, Any], section: str, key: str, value: str) -> None:
    if value and isinstance(block := raw.setdefault(section, {}), dict):
        block[key] = value


def _url(text: object) -> URL | None:
    try:
        return make_url(text) if isinstance(text, str) else None
    except ArgumentError:
        return None


def _whole(config: Config) -> Iterator[str]:
    """What is wrong between keys."""
    url = _url(config.database.url)
    if url is None or url.drivername not in DRIVERS:
        yield texts.BAD_DATABASE.format(drivers=" of ".join(f"{name}://" for name in DRIVERS))
    elif config.database.several_hosts:
        yield from _hosts(url.get_backend_name())
    for section, address in (("telegram", config.telegram), ("web", config.web)):
        if not address.base_url.startswith(("http://", "https://")):
            yield texts.BAD_ADDRESS.format(section=section, key="base_url", value=address.base_url)
    # The name becomes part of a link: what does not belong there makes every invitation void.
    if not re.fullmatch(r"[A-Za-z0-9_]*", config.telegram.bot_name):
        yield texts.BAD_BOT_NAME.format(value=config.telegram.bot_name)
    if config.telegram.webhook:
        yield from _webhook(config.web.base_url, config.telegram.base_url)
    yield from _mail(config.mail)
    if config.feeds.similarity == "betekenis" and not is_installed():
        yield texts.SEMANTIC_NEEDS_LIBRARY
    yield from _signing_in(config)
    yield from _lists(config)


def _webhook(base_url: str, telegram: str) -> Iterator[str]:
    """Telegram itself comes from outside; a Bot API server of one's own may stand beside us."""
    if not is_safe_address(base_url):
        yield texts.WEBHOOK_NEEDS_HTTPS.format(value=base_url)
    elif urlsplit(telegram).hostname == urlsplit(TELEGRAM_API).hostname and not is_public(base_url):
        yield texts.WEBHOOK_OUT_OF_REACH.format(value=base_url)


def _mail(mail: MailSettings) -> Iterator[str]:
    if mail.host and not mail.from_address:
        yield texts.MAIL_NEEDS_FROM
    if mail.imap_host and not mail.reply_address:
        yield texts.IMAP_NEEDS_ADDRESS
    # Any other goes into no envelope, and then no mail leaves at all.
    for key in ("from_address", "reply_address"):
        value = getattr(mail, key)
        if value and not re.fullmatch(r"[!-;=?A-~]+@[!-;=?A-~]+", value):
            yield texts.BAD_MAIL_ADDRESS.format(key=key, value=value)


def _hosts(engine: str) -> Iterator[str]:
    """SQLite is a file of one machine."""
    if engine == "sqlite":
        yield texts.HOSTS_NEED_POSTGRESQL
    if find_spec("procrastinate") is None:
        yield texts.HOSTS_NEED_LIBRARY


def _lists(config: Config) -> Iterator[str]:
    """What is wrong in the repeated blocks."""
    for section, keys in (
        ("feeds.sources", [source.key for source in config.feeds.sources]),
        ("calendar.moments", [moment.key for moment in config.calendar.moments]),
        ("webhooks", [hook.key for hook in config.webhooks]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield texts.DOUBLE_KEY.format(section=section, key=key)
    for moment in config.calendar.moments:
        if bool(moment.on) == bool(moment.feast):
            yield texts.MOMENT_NEEDS_ONE.format(key=moment.key)
    for hook in config.webhooks:
        if not is_safe_address(hook.url):
            yield texts.BAD_WEBHOOK.format(key=hook.key, value=hook.url)


def _signing_in(config: Config) -> Iterator[str]:
    """An account of elsewhere is only worth something over a road that nobody listens on."""
    sign_in = config.sign_in
    if sign_in.passkey != "nee":
        yield from _passkeys(config.web.base_url)
    if not sign_in.is_on:
        if not sign_in.link:
            yield texts.SIGN_IN_NO_WAY
        return
    if not is_safe_address(sign_in.issuer):
        yield texts.BAD_ISSUER.format(value=sign_in.issuer)
    if not sign_in.client_id:
        yield texts.SIGN_IN_NEEDS_CLIENT
    if not is_safe_address(config.web.base_url):
        yield texts.SIGN_IN_NEEDS_TLS


def _passkeys(base_url: str) -> Iterator[str]:
    """Browsers bind a passkey to a name over TLS, and to no number."""
    host = urlsplit(base_url).hostname or "" if is_safe_address(base_url) else ""
    if not host or ":" in host or host.replace(".", "").isdigit():
        yield texts.PASSKEY_NEEDS_NAME
    if find_spec("webauthn") is None:
        yield texts.PASSKEY_NEEDS_LIBRARY


def _rooted(config: Config, folder: Path) -> Config:
    """The same configuration with absolute places."""
    database, url = config.database, make_url(config.database.url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        absolute = url.set(database=str(folder / str(url.database)))
        database = database.model_copy(
            update={"url": absolute.render_as_string(hide_password=False)}
        )
    briefings = config.briefings
    if briefings.templates_dir is not None:
        briefings = briefings.model_copy(update={"templates_dir": folder / briefings.templates_dir})
    files = [folder / file for file in config.calendar.files]
    places = {
        "state_dir": folder / config.state_dir,
        "database": database,
        "briefings": briefings,
        "calendar": config.calendar.model_copy(update={"files": files}),
    }
    return config.model_copy(update=places)
