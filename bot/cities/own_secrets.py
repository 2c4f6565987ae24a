"""The secrets of one city: a file beside its configuration, and nothing else.

``arnhem.toml`` has ``arnhem.geheimen``: lines ``NAME=value`` or ``NAME_FILE=path``. A city with
such a file takes no secret from the environment, which all cities share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.cities import city_texts as texts
from bot.config import BACKUP_KEY, DATABASE_URL, SECRET_KEY, SECRETS, ConfigError

ENDING = ".geheimen"
#: what may stand in such a file, each also with ``_FILE`` behind it
NAMES = frozenset({*SECRETS, DATABASE_URL, SECRET_KEY, BACKUP_KEY})
_POINTS = "_FILE"
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)")
_OTHERS = 0o007


def file_of(config: Path) -> Path:
    """Where the secrets of this configuration may stand. Pure."""
    return config.with_suffix(ENDING)


def is_secret(name: str) -> bool:
    """Whether a variable with this name holds a secret or points at one. Pure."""
    return name.removesuffix(_POINTS) in NAMES


def own_environment(config: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without any secret but those of this configuration's own file.

    :raises ConfigError: the file is there, and cannot be used.
    """
    bare = {name: value for name, value in environ.items() if not is_secret(name)}
    file = file_of(config)
    return bare | (_read(file) if file.exists() else {})


def files_of(config: Path, environ: Mapping[str, str]) -> list[str]:
    """Every file that the city was read from: when one changes, so does the city. Pure."""
    pointed = [value for name, value in environ.items() if is_secret(name) and _points(name)]
    return [str(config), str(file_of(config)), *pointed]


def _points(name: str) -> bool:
    return name.endswith(_POINTS)


def _read(file: Path) -> dict[str, str]:
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ConfigError([texts.UNREADABLE.format(path=file)]) from error
    faults: list[str] = []
    found = dict(_pairs(file, text, faults))
    if mode & _OTHERS and not all(map(_points, found)):
        faults.append(texts.OPEN_FILE.format(path=file))
    if faults:
        raise ConfigError(faults)
    return found


def _pairs(file: Path, text: str, faults: list[str]) -> Iterator[tuple[str, str]]:
    """What a line holds is never repeated in a fault: it may be a secret."""
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            faults.append(texts.NOT_A_LINE.format(path=file, number=number))
            continue
        name, value = parts[1], _unquoted(parts[2])
        if not is_secret(name):
            known = ", ".join(sorted(NAMES))
            faults.append(
                texts.UNKNOWN_NAME.format(path=file, number=number, name=name, known=known)
            )
        if name in seen:
            faults.append(texts.TWICE.format(path=file, number=number, name=name))
        seen.add(name)
        yield name, str(file.absolute().parent / value) if _points(name) else value


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted else value
