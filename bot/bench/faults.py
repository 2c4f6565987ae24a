"""What goes wrong at the other side while something is measured."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from bot.bench.plan_process import address_of
from bot.simulator.smtp_sink import SmtpFaultKind
from contacts.directory import ChannelKind

#: per request to the other side, what goes wrong and how often
PROFILES: Mapping[str, list[dict[str, Any]]] = {
    "geen": [],
    "storm": [
        {"kind": "too_many", "chance": 0.05, "seconds": 1.0},
        {"kind": "bad_gateway", "chance": 0.02},
        {"kind": "hang", "chance": 0.02, "seconds": 30.0},
        {"kind": "drop_after", "chance": 0.01},
        {"kind": "forbidden", "chance": 0.01},
    ],
}
#: per address at the mail server, what goes wrong the first time and for which share of them
MAIL_PROFILES: Mapping[str, list[tuple[SmtpFaultKind, float]]] = {
    "geen": [],
    "storm": [
        ("temporary", 0.03),
        ("full", 0.01),
        ("permanent", 0.02),
        ("drop_before", 0.005),
        ("drop_after", 0.005),
    ],
}


def mail_faults(contacts: int, fault: str, seed: int) -> dict[str, SmtpFaultKind]:
    """Which address meets which fault, the first time; the same for the same seed. Pure."""
    chance = random.Random(seed)  # noqa: S311  (chance in a measurement)
    faults: dict[str, SmtpFaultKind] = {}
    for number in range(1, contacts + 1):
        drawn = chance.random()
        for kind, share in MAIL_PROFILES[fault]:
            if drawn < share:
                faults[address_of(number, ChannelKind.EMAIL)] = kind
                break
            drawn -= share
    return faults
