"""What is wrong with a file of settings, in Dutch sentences."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from bot import texts


def explain(error: ValidationError, root: type[BaseModel]) -> Iterator[str]:
    """What pydantic found, in Dutch: one sentence per mistake, with section and key.

    :param root: the model of the whole file.
    """
    for problem in error.errors():
        *parents, key = problem["loc"]
        section = _section(parents)
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(key), _keys_at(root, parents), n=1, cutoff=0.5)
            hint = texts.NEAREST.format(name=near[0]) if near else ""
            yield texts.UNKNOWN_KEY.format(section=section, key=key, near=hint)
            continue
        said = texts.PROBLEMS.get(problem["type"], texts.OTHER_PROBLEM)
        value = texts.EMPTY if problem["type"] == "missing" else repr(problem["input"])[:60]
        limits = {
            name: str(limit).replace(" or ", " of ")
            for name, limit in problem.get("ctx", {}).items()
        }
        yield texts.WRONG_VALUE.format(
            section=section, key=key, value=value, problem=said.format(**limits)
        )


def _section(parents: Sequence[int | str]) -> str:
    """``[feeds.sources] nummer 2`` for ``("feeds", "sources", 1)``."""
    names = ".".join(part for part in parents if isinstance(part, str)) or texts.TOP
    numbers = [part + 1 for part in parents if isinstance(part, int)]
    return texts.NUMBERED.format(section=names, number=numbers[-1]) if numbers else f"[{names}]"


def _keys_at(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The keys that are known at this place of the file."""
    for part in location:
        # One of several kinds stands in the location by the name of its kind.
        if isinstance(part, str) and part in model.model_fields:
            model = model_of(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The settings behind ``Settings`` or ``list[Settings]``; None for a plain value."""
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
