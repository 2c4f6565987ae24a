"""The OpenAPI document, made from the classes that answer: the two cannot drift apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.api import api_texts as texts
from bot.api.answers import (
    Answer,
    BriefingList,
    EventAnswer,
    EventList,
    Picture,
    Problem,
    Version,
)

REF = "#/components/schemas/{model}"
NUMBER = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
PAGE, MOST = 50, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: where it is asked, what it answers, in Dutch what it is."""

    path: str
    answer: type[Answer]
    summary: str
    query: tuple[tuple[str, dict[str, Any], str], ...] = ()


QUESTIONS = (
    Asked("/api/v1", Version, texts.ASK_VERSION),
    Asked(
        "/api/v1/events",
        EventList,
        texts.ASK_EVENTS,
        (
            ("before", NUMBER, texts.ASK_BEFORE),
            (
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
                texts.ASK_LIMIT,
            ),
            ("exercise", {"type": "boolean"}, texts.ASK_EXERCISE),
        ),
    ),
    Asked("/api/v1/events/{id}", EventAnswer, texts.ASK_EVENT),
    Asked("/api/v1/events/{id}/briefings", BriefingList, texts.ASK_BRIEFINGS),
    Asked("/api/v1/events/{id}/picture", Picture, texts.ASK_PICTURE),
)

#: what a webhook brings, by its topic: the same as the question of that name answers
BROUGHT: dict[str, type[Answer]] = {
    "event": EventAnswer, "briefing": BriefingList, "picture": Picture,
}  # fmt: skip
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


def document(*, version: str, address: str) -> dict[str, Any]:
    """OpenAPI 3.1.

    :param address: where this Schakel is reached, without a slash at the end.
    """
    models: list[Any] = [(one.answer, "serialization") for one in QUESTIONS]
    _, schemas = models_json_schema([*models, (Problem, "serialization")], ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Schakel",
            "version": version,
            "description": texts.ABOUT,
        },
        "servers": [{"url": address}],
        "security": [{"key": []}],
        "paths": {one.path: {"get": _operation(one)} for one in QUESTIONS},
        "webhooks": {f"{topic}.changed": {"post": _told(topic)} for topic in BROUGHT},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _told(topic: str) -> dict[str, Any]:
    """What a receiver gets when this changed, signed as ``docs/api.md`` describes."""
    kind = f"{topic}.changed"
    return {
        "operationId": kind,
        "summary": texts.TOLD[topic],
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
            for name in SIGNED
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["type", "timestamp", "data"],
            "properties": {
                "type": {"const": kind},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": {"$ref": REF.format(model=BROUGHT[topic].__name__)},
            },
        }}}},
        "responses": {"2XX": {"description": texts.TAKEN}},
    }  # fmt: skip


def _operation(asked: Asked) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": what}
        for name, schema, what in asked.query
    ]
    if "{id}" in asked.path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": NUMBER})
    return {
        "operationId": asked.answer.__name__,
        "summary": asked.summary,
        "parameters": parameters,
        "responses": {
            "200": _response(asked.summary, asked.answer, "application/json"),
            **{
                code: _response(what, Problem, "application/problem+json")
                for code, what in texts.CODES.items()
                if code != "404" or "{id}" in asked.path
            },
        },
    }


def _response(what: str, model: type[Answer], kind: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=model.__name__)}
    return {"description": what, "content": {kind: {"schema": schema}}}
