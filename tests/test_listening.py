"""The address of the pages: one house has it, and no answer waits for a receipt."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bot.listening import CannotListen, listen


async def test_the_second_half_of_an_answer_does_not_wait_for_a_receipt() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def see(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = writer.get_extra_info("socket")
        accepted.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listen("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(see, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await accepted
            writer.close()


def test_an_address_that_is_taken_is_refused_by_name() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListen, match=f"http://127.0.0.1:{port}"):
            listen("127.0.0.1", port)
