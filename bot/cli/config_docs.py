"""Writes ``docs/configuratie.md`` from the settings themselves, so that it cannot lie."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.cli import config_docs_texts as texts
from bot.config import BACKUP_KEY, DATABASE_URL, NEW_DATABASE_URL, SECRET_KEY, SECRETS, Config
from bot.config_faults import model_of


def configuration_page() -> str:
    """The whole page, in Markdown: a heading per section, a row per key."""
    parts = [texts.DOCS_TOP, _environment()]
    for heading, model in sections():
        parts.append(f"## {heading}\n\n{_table(model)}")
    return "\n\n".join(parts) + "\n"


def sections(
    model: type[BaseModel] = Config, path: str = ""
) -> Iterator[tuple[str, type[BaseModel]]]:
    """(heading, settings) of every block that the file may hold, in the order of the file."""
    yield (path or texts.DOCS_ROOT), model
    for name, field in model.model_fields.items():
        inner = model_of(field.annotation)
        if inner is None:
            continue
        repeated = getattr(field.annotation, "__origin__", None) is list
        full = f"{path.strip('[]')}.{name}" if path else name
        yield from sections(inner, f"[[{full}]]" if repeated else f"[{full}]")


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys that people write in the file: no secrets, no inner blocks."""
    return {
        name: field
        for name, field in model.model_fields.items()
        if not field.exclude and model_of(field.annotation) is None
    }


def _table(model: type[BaseModel]) -> str:
    rows = [
        texts.DOCS_ROW.format(key=name, default=_default(field), meaning=field.description)
        for name, field in keys_of(model).items()
    ]
    return "\n".join([texts.DOCS_HEAD, *rows]) if rows else texts.DOCS_ONLY_BLOCKS


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return texts.DOCS_REQUIRED
    return _toml(field.get_default(call_default_factory=True))


def _toml(value: Any) -> str:
    if value is None or value == "":
        return texts.DOCS_EMPTY
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str | Path):
        shown = value.value if isinstance(value, Enum) else value
        return f'`"{shown}"`'
    return f"`{list(value) if isinstance(value, tuple) else value}`"


def _environment() -> str:
    names = [*SECRETS, DATABASE_URL, NEW_DATABASE_URL, SECRET_KEY, BACKUP_KEY]
    rows = [texts.DOCS_ENV_ROW.format(name=name, meaning=texts.ENVIRONMENT[name]) for name in names]
    return "\n".join([texts.DOCS_ENV_HEAD, *rows])
