"""A mail, and the transport that takes it to a server on loopback."""

from __future__ import annotations

from bot.clock import utc_now
from bot.mail_transport import MailTransport
from contacts.outbox import Content, DeliveryAct, EmailForm
from contacts.transport import Outgoing

KEY = b"k" * 32
HELLO = Outgoing(
    delivery_id=78,
    original_id=77,
    address="docent@school.example",
    act=DeliveryAct.SEND,
    content=Content(
        email=EmailForm("Informatie: stand 18.00", "Beste collega,\n\nén rust.\n", "<p>én rust</p>")
    ),
    edits_external_id=None,
    is_repeat=False,
    is_exercise=False,
)


def a_transport(port: int, **more: object) -> MailTransport:
    given: dict[str, object] = {
        "host": "127.0.0.1", "port": port, "tls": "geen", "user": "", "password": "",
        "from_address": "schakel@schakel.example", "from_name": "Gemeente Arnhem",
        "reply_address": "antwoord@schakel.example", "verp_key": KEY, "clock": utc_now,
        "timeout_s": 20.0,
    }  # fmt: skip
    return MailTransport(**{**given, **more})
