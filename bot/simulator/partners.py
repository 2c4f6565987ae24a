"""Scripted partners: people with a phone who read, tap, tell, stay silent or leave.

A partner is a list of small steps played by a task of its own. What buttons are called is up
to the script; this module knows no label of the house.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.simulator.users import User
from bot.simulator.world import Chat, ChatMessage


@dataclass
class Scene:
    """Where a partner is. ``before``: the chat as it was at the last tap or word; ``mark``: the
    newest message that is dealt with."""

    user: User
    timeout_s: float
    mark: int = 0
    before: frozenset[Shown] = frozenset()
    waits: bool = False

    async def reacted(self) -> None:
        """Wait until the bot did something after the last tap or word.

        Without this the next tap would land on a keyboard that is about to change.

        :raises TimeoutError: it did nothing.
        """
        if self.waits:
            await self.user.wait_for(
                lambda chat: shown_in(chat) != self.before, timeout_s=self.timeout_s
            )
            self.waits = False

    def acts(self) -> None:
        """Remember how the chat was before the tap or word that comes now."""
        self.before, self.waits = shown_in(self.user.chat), True

    def is_new(self, message: ChatMessage) -> bool:
        """Did it come, or change, after the last tap or word?"""
        return shown(message) not in self.before


#: (message_id, moment of the last edit, text)
Shown = tuple[int, float | None, str]


def shown(message: ChatMessage) -> Shown:
    return message.message_id, message.edited_at, message.text


def shown_in(chat: Chat) -> frozenset[Shown]:
    """Changes whenever the bot sends, edits or deletes something."""
    return frozenset(shown(message) for message in chat.from_bot())


class Step(Protocol):
    """:raises TimeoutError: what it waits for did not come."""

    async def play(self, scene: Scene) -> None: ...


@dataclass(frozen=True)
class Pause:
    """Do nothing for a while: people are slow."""

    seconds: float

    async def play(self, scene: Scene) -> None:
        await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class Tap:
    """Tap the first of ``labels`` that is offered, by the beginning of its text, on the newest
    message that has one. ``fresh``: only on a message that is not dealt with; then it is.
    """

    labels: tuple[str, ...]
    fresh: bool = False

    async def play(self, scene: Scene) -> None:
        await scene.reacted()
        after = scene.mark if self.fresh else 0
        message = await scene.user.see(
            lambda m: _offered(m, self.labels) is not None,
            timeout_s=scene.timeout_s,
            after=after,
        )
        label = _offered(message, self.labels)
        assert label is not None
        if self.fresh:
            scene.mark = message.message_id
        scene.acts()
        await scene.user.tap(label, message)


@dataclass(frozen=True)
class Say:
    """Write a message."""

    text: str

    async def play(self, scene: Scene) -> None:
        await scene.reacted()
        scene.acts()
        await scene.user.say(self.text)


@dataclass(frozen=True)
class See:
    """Wait for a message that contains ``text``, new since the last tap or word."""

    text: str

    async def play(self, scene: Scene) -> None:
        await scene.user.see(
            lambda m: self.text in m.text and scene.is_new(m), timeout_s=scene.timeout_s
        )


@dataclass(frozen=True)
class Block:
    """Block the bot."""

    async def play(self, scene: Scene) -> None:
        await scene.user.block()


def tap(*labels: str, fresh: bool = False) -> Tap:
    return Tap(labels, fresh)


def reads(label: str, *, after_s: float = 0.0) -> list[Step]:
    """Sees the button, reads for a while, taps it. Played again, it takes the next message."""
    return [_Offer(label), Pause(after_s), tap(label, fresh=True)]


def tells(*steps: str | Step) -> list[Step]:
    """A signal: a string is the label of a button to tap; the rest are steps as they are."""
    return [tap(step) if isinstance(step, str) else step for step in steps]


def leaves(*, after_s: float = 0.0) -> list[Step]:
    """Blocks the bot after a while."""
    return [Pause(after_s), Block()]


@dataclass(frozen=True)
class _Offer:
    """Wait for a button on a message newer than the last one handled."""

    label: str

    async def play(self, scene: Scene) -> None:
        await scene.user.see_button(self.label, after=scene.mark, timeout_s=scene.timeout_s)


@dataclass
class Partner:
    """One person with a script. No steps: somebody who never answers.

    ``done`` counts steps that were played; ``trouble`` says why it stopped short.

    :param rounds: how often the script is played; None: until ``stop``.
    """

    user: User
    steps: Sequence[Step] = ()
    rounds: int | None = 1
    timeout_s: float = 15.0
    done: int = 0
    trouble: str | None = None
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def start(self) -> None:
        self._task = asyncio.create_task(self._play())

    async def finished(self) -> bool:
        """Wait for the end of the script; was all of it played?"""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        return self.trouble is None

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _play(self) -> None:
        scene, played = Scene(self.user, self.timeout_s), 0
        while self.steps and (self.rounds is None or played < self.rounds):
            played += 1
            for place, step in enumerate(self.steps):
                try:
                    await step.play(scene)
                except (TimeoutError, LookupError) as error:
                    if self.rounds is None and place == 0:
                        break  # nothing came in this while; wait on
                    self.trouble = f"{step}: {error}"
                    return
                self.done += 1


def _offered(message: ChatMessage, labels: Sequence[str]) -> str | None:
    return next((label for label in labels if message.button(label) is not None), None)
