"""The simulator driven from outside: another process, an exercise, the page with phones."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib
import pytest

from bot.simulator import TOKEN, Simulator
from bot.simulator.control import Control

Do = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    running = Simulator()
    await running.start(0, *Control(running).routes())
    yield running
    await running.stop()


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{simulator.port}/") as session:
        yield session


@pytest.fixture
def do(client: aiohttp.ClientSession) -> Do:
    async def act(name: str, /, **given: Any) -> tuple[int, Any]:
        async with client.post(f"control/{name}", json=given) as answer:
            body = await answer.json()
            return answer.status, body.get("result") if body["ok"] else body["error"]

    return act


async def look(client: aiohttp.ClientSession, what: str, **query: Any) -> Any:
    async with client.get(f"control/{what}", params=query) as answer:
        assert answer.status == 200
        return await answer.json()


async def bot_says(client: aiohttp.ClientSession, **given: Any) -> int:
    async with client.post(f"/bot{TOKEN}/sendMessage", json=given) as answer:
        return answer.status


MARKUP = {"inline_keyboard": [[{"text": "Gelezen", "callback_data": "read:1"}]]}


async def test_a_phone_starts_is_written_to_taps_and_blocks(
    client: aiohttp.ClientSession, do: Do, simulator: Simulator
) -> None:
    assert (await do("start", chat=7, name="Docent VO", token="code"))[0] == 200
    assert await bot_says(client, chat_id=7, text="dag", reply_markup=MARKUP) == 200
    chats = (await look(client, "chats"))["chats"]
    assert [m["text"] for m in chats[0]["messages"]] == ["/start code", "dag"]
    message_id = chats[0]["messages"][-1]["message_id"]
    assert (await do("tap", chat=7, label="Gel"))[0] == 200
    assert (await do("tap", chat=7, message_id=message_id, data="forged"))[0] == 200
    for act, given in (
        ("say", {"text": "vraag"}), ("forward", {"text": "nieuws", "link": "https://x.example"}),
        ("photo", {}), ("voice", {}), ("document", {}), ("contact", {"phone": "06", "name": "x"}),
        ("edit", {"message_id": 101, "text": "anders"}), ("block", {}), ("unblock", {}),
        ("deactivate", {}), ("inject", {"update": {"new_kind": {}}}),
    ):  # fmt: skip
        assert (await do(act, chat=7, **given))[0] == 200, act
    kinds = [list(update)[1] for update in simulator.telegram.world.updates]
    assert kinds.count("message") == 7
    assert kinds[1:3] == ["callback_query", "callback_query"]
    assert kinds[-4:] == ["edited_message", "my_chat_member", "my_chat_member", "new_kind"]
    assert await bot_says(client, chat_id=7, text="x") == 403


async def test_faults_and_limits_are_set_and_measured(
    client: aiohttp.ClientSession, do: Do
) -> None:
    await do("start", chat=7, name="Docent VO")
    await do("fault", kind="too_many", method="sendMessage", seconds=2)
    assert await bot_says(client, chat_id=7, text="x") == 429
    await do("fault", kind="forbidden", times=None)
    await do("clear_faults")
    assert (await do("limits", chat_burst=2))[1] == {"per_s": 30, "chat_burst": 2}
    assert [await bot_says(client, chat_id=7, text="x") for _ in range(3)] == [200, 200, 429]
    assert [c["outcome"] for c in await look(client, "calls")] == ["too_many", "ok", "ok", "429"]
    assert await look(client, "measures") == {
        "accepted": 2, "repeated": [{"chat": 7, "text": "x", "times": 2}],
        "most_in_any_second": 2, "polls": 0,
    }  # fmt: skip


async def test_news_and_mail_are_driven_too(
    client: aiohttp.ClientSession, do: Do, simulator: Simulator
) -> None:
    await do("outlet", slug="omroep", name="Omroep")
    given = {"slug": "omroep", "key": "k1", "title": "Een", "published": "2026-03-03T16:00:00Z"}
    assert isinstance((await do("publish", **given))[1], float)
    async with client.get("feeds/omroep.xml") as answer:
        assert "03 Mar 2026 16:00:00" in await answer.text()
    await do("feed_fault", slug="omroep", kind="gone", times=1)
    async with client.get("feeds/omroep.xml") as answer:
        assert answer.status == 410
    await do("withdraw", slug="omroep", key="k1")
    feeds = await look(client, "feeds")
    assert (feeds["outlets"], feeds["items_served"]) == (["omroep"], 1)
    assert feeds["requests"] == [["omroep", 200], ["omroep", "gone"]]
    await do("mail_fault", recipient="x@school.example", kind="permanent")
    assert await look(client, "mails") == []
    assert (await do("bounce", to="x@school.example"))[0] == 400
    assert (await do("reply", sender="x@school.example", text="x"))[0] == 400


async def test_what_is_healed_takes_calls_and_mails_again(
    client: aiohttp.ClientSession, do: Do, simulator: Simulator
) -> None:
    await do("start", chat=7, name="Docent VO")
    await do("fault", kind="bad_gateway", times=None)
    await do("mail_fault", recipient="*", kind="permanent", times=99)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await mail_to(simulator)
    await do("clear_faults")
    await mail_to(simulator)
    assert len(await look(client, "mails")) == 1
    assert await bot_says(client, chat_id=7, text="x") == 200


async def mail_to(simulator: Simulator) -> None:
    await aiosmtplib.send(
        "Subject: x\n\nx", sender="a@b.example", recipients=["docent@school.example"],
        hostname="127.0.0.1", port=simulator.mail.port, start_tls=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "given", "status", "why"),
    [
        ("pigeon", {}, 404, "there is only block, bounce"),
        ("say", {"chat": 7}, 400, "chat 7 does not exist"),
        ("fault", {}, 400, "missing or unknown: kind"),
        ("say", {"chat": 7, "name": "x"}, 400, "missing or unknown: text"),
        ("start", {"chat": "x"}, 400, "invalid literal"),
        ("tap", {"chat": 7, "name": "x", "label": "Weg"}, 400, "no button 'Weg'"),
        ("tap", {"chat": 7, "name": "x", "message_id": 3}, 400, "no message 3"),
        ("fault", {"kind": "gremlin"}, 400, "no such fault"),
        ("fault", {"kind": "hang", "colour": "red"}, 400, "colour"),
        ("feed_fault", {"slug": "weg", "kind": "html"}, 400, "missing or unknown: weg"),
        ("load_real", {"path": "/nowhere", "now": "2026-03-03T16:00:00Z"}, 400, "No such file"),
    ],
)
async def test_a_mistake_is_told(
    do: Do, act: str, given: dict[str, Any], status: int, why: str
) -> None:
    found, error = await do(act, **given)
    assert found == status
    assert why in error


async def test_what_is_not_json_is_refused(client: aiohttp.ClientSession) -> None:
    async with client.post("control/say", data="{}") as answer:
        assert answer.status == 415
    async with client.post("control/say", json=[]) as answer:
        assert answer.status == 400


async def test_a_page_hears_of_a_change_at_once(client: aiohttp.ClientSession, do: Do) -> None:
    revision = (await look(client, "chats"))["revision"]
    waiting = asyncio.create_task(look(client, "chats", since=revision, wait_s=50))
    await asyncio.sleep(0.05)
    await do("start", chat=7, name="Docent VO")
    found = await asyncio.wait_for(waiting, 60)
    assert (found["revision"] > revision, len(found["chats"])) == (True, 1)
    assert (await look(client, "chats", since=0, wait_s=5))["revision"] == found["revision"]


@pytest.mark.slow
async def test_the_page_on_running_names_everything_that_can_be_done(do: Do) -> None:
    page = (Path(__file__).parents[1] / "docs" / "deployment.md").read_text("utf-8")
    part = page.partition("## Proberen zonder Telegram")[2].partition("\n## ")[0]
    listed = [line.split(" | ")[0] for line in part.splitlines() if line.startswith("| `")]
    looks, *acts = (re.findall(r"`(\w+)`", cell) for cell in listed[1:])
    status, said = await do("nothing")
    assert status == 404
    named = sorted(act for some in acts for act in some)
    assert named == said.removeprefix("there is only ").split(", ")
    routes = {one.path.rpartition("/")[2] for one in Control(Simulator()).routes()}
    assert set(looks) == routes - {"{act}"}


async def test_it_runs_alone_and_ends_when_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import asyncio; from bot.simulator.control import serve; "
        "asyncio.run(serve(0))", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    addresses = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{addresses['control_url']}addresses") as answer,
    ):
        assert await answer.json() == addresses
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert await process.stderr.read() == b""


async def test_a_second_one_beside_it_plays_another_bot() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli.main", "simulator", "--port", "0", "--bot", "2",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    addresses = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
    process.terminate()
    await process.wait()
    assert addresses["token"].partition(":")[0] == "7000000002"
    assert Simulator().token.partition(":")[0] == "7000000001"
