"""What may be stored of an update: decided in memory, before anything is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reducing import reduce_update
from bot.rows import UpdateKind
from signals.person_filter import Screening, Span, screen


def clean(text: str) -> Screening:
    return Screening(blocked=False, spans=(), words=())


def blocking(text: str) -> Screening:
    return Screening(blocked=True, spans=(Span(0, 5, "NAAM"),), words=(1,))


def a_message(**extra: Any) -> dict[str, Any]:
    chat = {"id": 7, "type": "private"}
    return {"update_id": 1, "message": {"message_id": 5, "chat": chat, "date": 0, **extra}}


def test_a_clean_text_is_kept() -> None:
    reduced = reduce_update(a_message(text="veel vragen"), clean)
    assert (reduced.kind, reduced.chat) == (UpdateKind.TEXT, 7)
    assert reduced.payload == {"message_id": 5, "text": "veel vragen"}


def test_of_a_blocked_text_only_labels_and_word_numbers_are_kept() -> None:
    reduced = reduce_update(a_message(text="Sanne zegt iets"), blocking)
    assert reduced.payload is None
    assert reduced.refused == {"labels": ["NAAM"], "words": [1], "message_id": 5}


def test_a_caption_or_file_name_is_never_read() -> None:
    photo = a_message(photo=[{"file_id": "x"}], caption="Sanne de Vries")
    document = a_message(document={"file_name": "Sanne.pdf"})
    for raw in (photo, document):
        reduced = reduce_update(raw, clean)
        assert reduced.kind is UpdateKind.MEDIA
        assert "Sanne" not in repr(reduced)


def a_channel_post(**differs: Any) -> dict[str, Any]:
    post: dict[str, Any] = {
        "photo": [{"file_id": "x"}], "caption": "Inval in Arnhem https://omroep.example/1",
        "forward_origin": {"type": "channel"},
    }  # fmt: skip
    return a_message(**{**post, **differs})


def test_a_post_of_a_channel_with_a_picture_counts_by_its_words() -> None:
    linked = [{"type": "text_link", "offset": 0, "length": 5, "url": "https://omroep.example/2"}]
    for raw, link in (
        (a_channel_post(), "https://omroep.example/1"),
        (a_channel_post(caption="Inval in Arnhem", caption_entities=linked), linked[0]["url"]),
    ):
        reduced = reduce_update(raw, clean)
        assert reduced.kind is UpdateKind.FORWARD
        assert reduced.payload == {"message_id": 5, "text": "Inval in Arnhem", "link": link}
        assert "file_id" not in repr(reduced)


def test_words_about_a_person_under_a_channels_picture_are_not_kept() -> None:
    reduced = reduce_update(a_channel_post(caption="Sanne de Vries"), blocking)
    assert "Sanne" not in repr(reduced)


@pytest.mark.parametrize(
    "differs",
    [
        {"forward_origin": {"type": "user"}},
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "x"}},
        {"forward_origin": None},
        {"caption": " "},
        {"photo": None, "voice": {"file_id": "x"}},
    ],
)
def test_pictures_of_anybody_else_stay_unread(differs: dict[str, Any]) -> None:
    raw = a_channel_post(**differs)
    raw["message"] = {key: value for key, value in raw["message"].items() if value is not None}
    reduced = reduce_update(raw, clean)
    assert reduced.kind is UpdateKind.MEDIA
    assert "Inval" not in repr(reduced)


def edited(**extra: Any) -> dict[str, Any]:
    return {"update_id": 4, "edited_message": a_message(edit_date=1, **extra)["message"]}


def test_words_that_were_changed_are_screened_like_new_ones() -> None:
    kept = reduce_update(edited(text="veel vragen"), clean)
    assert kept.kind is UpdateKind.EDITED
    assert kept.payload == {"message_id": 5, "text": "veel vragen"}
    refused = reduce_update(edited(text="Sanne zegt iets"), blocking)
    assert (refused.kind, refused.payload) == (UpdateKind.EDITED, None)
    assert refused.refused == {"labels": ["NAAM"], "words": [1], "message_id": 5}


@pytest.mark.parametrize(
    "extra",
    [
        {"photo": [{"file_id": "x"}], "caption": "Sanne"},
        {"text": "/signaal Sanne"},
        {"text": "Sanne", "forward_origin": {"type": "user"}},
        {"text": "Sanne", "chat": {"id": -7, "type": "group"}},
        {"location": {"latitude": 1, "longitude": 2}},
    ],
)
def test_of_any_other_change_nothing_is_left(extra: dict[str, Any]) -> None:
    reduced = reduce_update(edited(**extra), clean)
    assert (reduced.kind, reduced.chat, reduced.payload) == (UpdateKind.OTHER, None, None)


def test_a_forwarded_text_about_a_person_keeps_its_link_only() -> None:
    text = "Sanne de Vries gezien https://voorbeeld.example/nieuws/1"
    reduced = reduce_update(a_message(text=text, forward_origin={"type": "channel"}), blocking)
    assert reduced.payload == {
        "message_id": 5,
        "text": "",
        "link": "https://voorbeeld.example/nieuws/1",
    }


def test_a_link_to_somebodys_account_is_no_source() -> None:
    for link in ("https://www.instagram.com/een.leerling", "https://t.me/een_leerling"):
        reduced = reduce_update(a_message(text=link), screen)
        assert reduced.payload == {"message_id": 5, "text": "", "link": None}
    title = "https://voorbeeld.example/nieuws/sanne-de-vries-wint"
    assert (reduce_update(a_message(text=title), screen).payload or {})["link"] == title


def test_a_bare_link_is_a_source() -> None:
    reduced = reduce_update(a_message(text=" https://voorbeeld.example/1 "), blocking)
    assert (reduced.kind, (reduced.payload or {})["link"]) == (
        UpdateKind.FORWARD,
        "https://voorbeeld.example/1",
    )


def test_a_group_chat_is_not_listened_to() -> None:
    raw = a_message(text="hallo")
    raw["message"]["chat"]["type"] = "group"
    reduced = reduce_update(raw, clean)
    assert (reduced.kind, reduced.chat, reduced.payload) == (UpdateKind.OTHER, None, None)


def test_only_start_with_a_token_counts_as_start() -> None:
    assert reduce_update(a_message(text="/start abc"), clean).is_start
    assert not reduce_update(a_message(text="/start"), clean).is_start
    assert not reduce_update(a_message(text="/started abc"), clean).is_start


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "message",
                    "chat",
                    "id",
                    "type",
                    "text",
                    "from",
                    "data",
                    "callback_query",
                    "update_id",
                    "entities",
                    "message_id",
                    "my_chat_member",
                    "new_chat_member",
                    "status",
                    "url",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(
    st.dictionaries(
        st.sampled_from(["update_id", "message", "callback_query", "my_chat_member", "poll"]),
        json_values,
    )
)
def test_no_update_however_odd_raises(raw: dict[str, Any]) -> None:
    reduce_update(raw, clean)
