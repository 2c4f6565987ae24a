"""Writes the table of docs/configuratie.md from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot.cli import texts


def configuration_page() -> str:
    """The whole page, in Dutch."""
    from bot.config import Config

    return texts.CONFIG_PAGE + "".join(_section(Config, ""))


def _section(model: type[BaseModel], name: str) -> Iterator[str]:
    own, inner = [], []
    for key, field in model.model_fields.items():
        if field.exclude:
            continue
        block = _block_of(field.annotation)
        if block is None:
            own.append(f"| `{key}` | {_default(field.default)} | {field.description or ''} |\n")
        else:
            inner.append((f"{name}.{key}".lstrip("."), block))
    if own:
        title = f"[{name}]" if name else texts.CONFIG_TOP
        yield f"\n## {title}\n\n{texts.CONFIG_HEAD}{''.join(own)}"
    for path, block in inner:
        yield from _section(block, path)


def _block_of(annotation: Any) -> type[BaseModel] | None:
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return texts.CONFIG_REQUIRED
    return f"`{value}`" if value not in ("", None) else texts.CONFIG_EMPTY
