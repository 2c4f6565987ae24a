"""Reads ``config.toml`` and the environment into one frozen configuration.

Every mistake is reported at once, in Dutch, with the key and what to do. Secrets come
from the environment only (``NAME`` or ``NAME_FILE``).
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from bot import texts
from bot.settings import (
    AlertSettings,
    DatabaseSettings,
    MailSettings,
    TelegramSettings,
    TickSettings,
    WebSettings,
)
from briefings.settings import BriefingSettings
from contacts.sealing import Sealer
from contacts.settings import Frozen, SendingSettings
from feeds.settings import FeedSettings
from signals.settings import SignalSettings

SECRETS: Mapping[str, tuple[str, str]] = {
    "SCHAKEL_TELEGRAM_TOKEN": ("telegram", "token"),
    "SCHAKEL_SMTP_PASSWORD": ("mail", "password"),
    "SCHAKEL_IMAP_PASSWORD": ("mail", "imap_password"),
}
#: not secret by itself, but it may hold a password
DATABASE_URL = "SCHAKEL_DATABASE_URL"
SECRET_KEY = "SCHAKEL_SECRET_KEY"  # noqa: S105  (a name, not a secret)

#: (section, key) → advice, for keys that were taken away
OBSOLETE: Mapping[tuple[str, str], str] = {}


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
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    ticks: TickSettings = Field(default_factory=TickSettings)
    feeds: FeedSettings = Field(default_factory=FeedSettings)
    signals: SignalSettings = Field(default_factory=SignalSettings)
    briefings: BriefingSettings = Field(default_factory=BriefingSettings)
    sending: SendingSettings = Field(default_factory=SendingSettings)


def load_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the file, add the secrets.

    :raises ConfigError: with every mistake at once.
    """
    raw = _read(path)
    lines = [*_obsolete(raw), *_secrets_in_file(raw)]
    for name, (section, key) in SECRETS.items():
        if value := read_secret(name, environ, lines):
            raw.setdefault(section, {})[key] = value
    if url := read_secret(DATABASE_URL, environ, lines):
        raw.setdefault("database", {})["url"] = url
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        lines.extend(_explain(error))
        raise ConfigError(lines) from error
    if lines:
        raise ConfigError(lines)
    return config


def read_secret(name: str, environ: Mapping[str, str], lines: list[str]) -> str:
    """The value of ``NAME``, or what the file in ``NAME_FILE`` holds; empty when neither is set."""
    if name in environ:
        return environ[name].strip()
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

    :raises ConfigError: the key is damaged. A new one would make sealed texts unreadable.
    """
    lines: list[str] = []
    key = read_secret(SECRET_KEY, os.environ if environ is None else environ, lines)
    place = f"{SECRET_KEY}"
    if not key:
        file = config.state_dir / "secret.key"
        place = str(file)
        if not file.exists():
            config.state_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(Sealer.new_key())
        key = file.read_text(encoding="utf-8").strip()
    try:
        return Sealer(key.encode())
    except ValueError as error:
        raise ConfigError([*lines, texts.BAD_KEY.format(place=place)]) from error


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


def _explain(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        *parents, key = [str(part) for part in problem["loc"]]
        section = ".".join(parents) or "bovenaan"
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, _keys_at(problem["loc"][:-1]), n=1, cutoff=0.5)
            hint = texts.NEAREST.format(name=near[0]) if near else ""
            yield texts.UNKNOWN_KEY.format(section=section, key=key, near=hint)
            continue
        said = texts.PROBLEMS.get(problem["type"], texts.OTHER_PROBLEM)
        value = texts.EMPTY if problem["type"] == "missing" else repr(problem["input"])[:60]
        yield texts.WRONG_VALUE.format(
            section=section, key=key, value=value, problem=said.format(**problem.get("ctx", {}))
        )


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at this place of the file."""
    model: type[BaseModel] = Config
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = [annotation, *getattr(annotation, "__args__", ())]
        model = next(
            kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)
        )
    return list(model.model_fields)
