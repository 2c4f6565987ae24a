"""One turn of a chat: an update, its actor, and what we answer, in one transaction.

A handler reads and writes through ``turn.session`` and answers with ``turn.say`` or
``turn.change``; answers are rows in the outbox, so a crash either repeats the whole turn
or none of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.chat.buttons import Tap
from bot.config import Config
from bot.rows import Conversation
from contacts.directory import ChannelKind
from contacts.outbox import Button, Content, Delivery, MessageKind, TelegramForm
from contacts.permissions import Actor, NotAllowed, Permission, require
from contacts.sealed_words import seal_words
from contacts.sealing import Sealer
from contacts.sending import Recipient, edit_sent, post
from feeds.pages import Page

Rows = Sequence[Sequence[Button]]


@dataclass
class Turn:
    """Everything a handler may use.

    ``actor`` is None for a stranger; ``message_id`` is the Telegram id of the message that
    came in (or under which the button stood); ``page`` is what stands behind a bare ``link``;
    ``toast`` is shown over the tapped button.
    """

    session: AsyncSession
    config: Config
    sealer: Sealer
    now: datetime
    update_id: int
    chat: int
    actor: Actor | None
    message_id: int | None = None
    text: str | None = None
    link: str | None = None
    page: Page | None = None
    tap: Tap | None = None
    toast: str | None = None
    conversation: Conversation | None = None
    said: list[Delivery] = field(default_factory=list)

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

    async def say(
        self,
        text: str,
        buttons: Rows = (),
        *,
        event_id: int | None = None,
        reply_to: int | None = None,
        pin: bool = False,
        kind: MessageKind = MessageKind.DIALOGUE,
        is_delicate: bool = False,
        document: str | None = None,
    ) -> Delivery:
        """A new message to this chat. ``text`` is Telegram HTML, already escaped.

        :param document: the key of a file that it stands under.
        :param is_delicate: holds words of a reporter, which are sealed in the outbox.
        """
        form = TelegramForm(
            text=text, buttons=[list(row) for row in buttons], reply_to=reply_to, pin=pin,
            document=document,
        )  # fmt: skip
        content = Content(telegram=form)
        deliveries = await post(
            self.session,
            kind=kind,
            content=seal_words(content, self.sealer) if is_delicate else content,
            to=[
                Recipient(
                    kind=ChannelKind.TELEGRAM,
                    address=str(self.chat),
                    person_id=self.actor.person_id if self.actor else None,
                    organisation_id=self.actor.organisation_id if self.actor else None,
                )
            ],
            event_id=event_id,
            is_exercise=self.actor.is_exercise if self.actor else False,
            now=self.now,
        )
        self.said.extend(deliveries)
        return deliveries[0]

    async def change(self, text: str, buttons: Rows = ()) -> None:
        """Edit the message under which the tapped button stands (or say it anew)."""
        if self.tap is None or self.tap.delivery_id is None:
            await self.say(text, buttons)
            return
        form = TelegramForm(text=text, buttons=[list(row) for row in buttons])
        await edit_sent(self.session, self.tap.delivery_id, Content(telegram=form), now=self.now)

    async def ask(self, flow: str, step: str, data: Mapping[str, Any]) -> None:
        """Remember that the next answer of this chat belongs to this step."""
        if self.conversation is None:
            self.conversation = Conversation(
                chat=self.chat, flow=flow, step=step, data=dict(data), updated_at=self.now
            )
            self.session.add(self.conversation)
            return
        self.conversation.flow, self.conversation.step = flow, step
        self.conversation.data = dict(data)
        self.conversation.updated_at = self.now

    async def finish(self) -> None:
        """Forget the guided question."""
        if self.conversation is not None:
            await self.session.delete(self.conversation)
            self.conversation = None


Handler = Callable[[Turn], Awaitable[None]]
