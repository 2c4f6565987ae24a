"""One turn of a chat: an update, its actor, and what we answer, in one transaction.

A handler reads and writes through ``turn.session`` and answers with ``turn.say`` or
``turn.change``; answers are rows in the outbox, so a crash either repeats the whole turn
or none of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import Tap
from bot.config import Config
from bot.rows import Conversation
from contacts.directory import ChannelKind
from contacts.outbox import Button, Content, Delivery, MessageKind, TelegramForm
from contacts.permissions import Actor, NotAllowed, Permission, require
from contacts.sealed_words import seal_words
from contacts.sealing import Sealer
from contacts.sending import Recipient, edit_sent, post, post_soon
from feeds.pages import Page

Rows = Sequence[Sequence[Button]]


class OfWorld(Protocol):
    """A row of the real world or of an exercise."""

    is_exercise: bool


W = TypeVar("W", bound=OfWorld)


@dataclass
class Turn:
    """Everything a handler may use.

    ``actor`` is None for a stranger; ``message_id`` is the Telegram id of the message that
    came in (or under which the button stood); ``page`` is what stands behind a bare ``link``;
    ``toast`` is shown over the tapped button; ``elsewhere`` is a question that is open in the
    other world (real or exercise) of this chat: one here takes its place.
    """

    session: AsyncSession
    config: Config
    sealer: Sealer
    now: datetime
    chat: int
    actor: Actor | None
    message_id: int | None = None
    text: str | None = None
    link: str | None = None
    page: Page | None = None
    tap: Tap | None = None
    toast: str | None = None
    conversation: Conversation | None = None
    elsewhere: Conversation | None = None
    has_spoken: bool = False
    has_stopped: bool = False

    def known(self) -> Actor:
        """The actor; a stranger is refused."""
        if self.actor is None:
            raise NotAllowed(Permission.GIVE_SIGNAL)
        return self.actor

    def allowed(self, permission: Permission) -> Actor:
        """The actor, if the gate lets them do this."""
        actor = self.known()
        require(actor, permission)
        return actor

    @property
    def line(self) -> str:
        """What was typed, as one line; empty when nothing was."""
        return " ".join((self.text or "").split())

    async def in_world(self, table: type[W], number: int, *, called: str = "") -> W:
        """The row with this number, in the world (real or exercise) of who writes.

        :param called: what the error calls it; else the name of the table.
        :raises ValueError: there is none there: a button of another world, or of a row that went.
        """
        row = await self.session.get(table, number)
        if row is None or row.is_exercise != self.known().is_exercise:
            raise ValueError(f"no such {called or table.__name__.lower()} for this actor")
        return row

    async def say(
        self,
        text: str,
        buttons: Rows = (),
        *,
        event_id: int | None = None,
        reply_to: int | None = None,
        kind: MessageKind = MessageKind.DIALOGUE,
        is_delicate: bool = False,
        document: str | None = None,
    ) -> None:
        """A new message to this chat. ``text`` is Telegram HTML, already escaped.

        It has no number until it is written, with what else is said in this transaction.

        :param document: the key of a file that it stands under.
        :param is_delicate: holds words of a reporter, which are sealed in the outbox.
        """
        form = TelegramForm(
            text=text, buttons=[list(row) for row in buttons], reply_to=reply_to, document=document
        )
        content = Content(telegram=form)
        post_soon(
            self.session,
            kind=kind,
            content=seal_words(content, self.sealer) if is_delicate else content,
            to=self.sender(),
            event_id=event_id,
            is_exercise=self.is_exercise,
            now=self.now,
        )
        self.has_spoken = True

    async def pin(self, text: str, buttons: Rows, *, event_id: int) -> Delivery:
        """A new message that stays at the top of this chat, with its number."""
        form = TelegramForm(text=text, buttons=[list(row) for row in buttons], pin=True)
        [delivery] = await post(
            self.session, kind=MessageKind.DIALOGUE, content=Content(telegram=form),
            to=[self.sender()], event_id=event_id, is_exercise=self.is_exercise, now=self.now,
        )  # fmt: skip
        self.has_spoken = True
        return delivery

    @property
    def is_exercise(self) -> bool:
        return self.actor.is_exercise if self.actor else False

    def sender(self) -> Recipient:
        """The way back to who writes here."""
        return Recipient(
            kind=ChannelKind.TELEGRAM,
            address=str(self.chat),
            person_id=self.actor.person_id if self.actor else None,
            organisation_id=self.actor.organisation_id if self.actor else None,
        )

    async def change(self, text: str, buttons: Rows = (), *, is_delicate: bool = False) -> None:
        """Edit the message under which the tapped button stands (or say it anew).

        :param is_delicate: as of :meth:`say`.
        """
        if self.tap is None or self.tap.delivery_id is None:
            await self.say(text, buttons, is_delicate=is_delicate)
            return
        form = TelegramForm(text=text, buttons=[list(row) for row in buttons])
        content = Content(telegram=form)
        await edit_sent(
            self.session, self.tap.delivery_id,
            seal_words(content, self.sealer) if is_delicate else content, now=self.now,
        )  # fmt: skip

    async def ask(self, flow: str, step: str, data: Mapping[str, Any]) -> None:
        """Remember that the next answer of this chat belongs to this step."""
        if self.conversation is None:
            self.conversation, self.elsewhere = self.elsewhere, None
        if self.conversation is None:
            self.conversation = Conversation(
                chat=self.chat, flow=flow, step=step, data=dict(data),
                is_exercise=self.is_exercise, updated_at=self.now,
            )  # fmt: skip
            self.session.add(self.conversation)
            return
        self.conversation.flow, self.conversation.step = flow, step
        self.conversation.data = dict(data)
        self.conversation.is_exercise = self.is_exercise
        self.conversation.updated_at = self.now

    @property
    def kept(self) -> dict[str, Any]:
        """What was answered so far to the question that is open."""
        assert self.conversation is not None
        return dict(self.conversation.data)

    async def finish(self) -> None:
        """Forget the guided question."""
        if self.conversation is not None:
            await self.session.delete(self.conversation)
            self.conversation = None
            self.has_stopped = True

    async def give_up(self, flow: str, said: str) -> None:
        """*Stoppen* under a question of this flow: nothing of it is kept."""
        if self.conversation is not None and self.conversation.flow == flow:
            await self.finish()
        await self.change(said)


Handler = Callable[[Turn], Awaitable[None]]
