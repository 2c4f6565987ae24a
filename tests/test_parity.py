"""What the pages can do the phone can do, or says here why not; and the other way round.

A new act of the console, or a new button or command of a coordinator, that stands in neither list
fails. The table *Wat kan waar?* in docs/handleiding.md tells the same to who works with it.
"""

from __future__ import annotations

from bot.chat.router import COMMANDS, TAPS
from bot.console.app import DOORS

ACTS = {door.path for door in DOORS if door.method == "POST"}
#: nobody does this between two messages on a phone
READING = "asks to read things beside each other"
WORDS = "is about words that are read at the desk alone"
LIST = "keeps the list: work of a desk, before and after an evening"
MEETING = "prepares or records a meeting"
MACHINE = "keeps the installation"
OWN = "is of who signs in at the pages"
ROTA = "fills the weeks: work of a desk, with all of them beside each other"

_EVENT = "/gebeurtenis/{number:int}"
#: act of the console → the buttons and commands that do it, or why there are none
ON_THE_PHONE: dict[str, tuple[str, ...] | str] = {
    "/gebeurtenis/nieuw": ("/gebeurtenis",), f"{_EVENT}/bevestigen": ("conf", "alldef"),
    f"{_EVENT}/uitstellen": ("snooze",), f"{_EVENT}/stil": ("mute",),
    f"{_EVENT}/afwijzen": ("dis",), f"{_EVENT}/hoort-bij": ("into",),
    f"{_EVENT}/samenvoegen": READING,
    f"{_EVENT}/splitsen": ("spls",), f"{_EVENT}/heropenen": ("reop",),
    f"{_EVENT}/wijzigen": ("echg3",), f"{_EVENT}/grip": ("gripto",),
    f"{_EVENT}/buurgemeenten": ("along",), f"{_EVENT}/stap": ("klokt",),
    f"{_EVENT}/vooraf": ("ringput",), f"{_EVENT}/vooraf-gebeld": ("rung",),
    f"{_EVENT}/terugblik": ("terugk",), f"{_EVENT}/vervolg": ("volgd",),
    f"{_EVENT}/vervolg-schrijven": ("volg",),
    f"{_EVENT}/feiten": ("fadd", "funk", "fden"), f"{_EVENT}/maatregel": ("fmea",),
    f"{_EVENT}/overnemen": ("fprop",), f"{_EVENT}/feiten/bevestigd": ("fcon2",),
    f"{_EVENT}/feiten/weg": ("fdel2",), f"{_EVENT}/volgende-update": ("fnext2",),
    f"{_EVENT}/kader": ("faro2", "faro3"),
    f"{_EVENT}/indienen": ("submit", "subx"), f"{_EVENT}/intrekken": ("drop",),
    f"{_EVENT}/nieuwe-versie": ("upd", "clos"), f"{_EVENT}/correctie": ("corr2",),
    f"{_EVENT}/afsluiten": ("endn2",),
    f"{_EVENT}/trek-in": ("retr3",), f"{_EVENT}/teksten/schrijven": ("own2", "ownw"),
    f"{_EVENT}/teksten/geopend": ("text",),
    f"{_EVENT}/teksten/vertalen": READING, f"{_EVENT}/teksten/vertalen/inlezen": READING,
    f"{_EVENT}/goedkeuren": ("ap2", "ap3", "aps"), f"{_EVENT}/uitzondering": ("exc",),
    f"{_EVENT}/terugsturen": ("back",), f"{_EVENT}/stoppen": ("brks",),
    f"{_EVENT}/vraag-indienen": ("again",),
    f"{_EVENT}/doorgaan": ("brkg", "brkg2"), f"{_EVENT}/afzeggen": ("brkx",),
    f"{_EVENT}/opnieuw": ("resend",), f"{_EVENT}/alsnog": ("late2",),
    f"{_EVENT}/gebeld": ("called",),
    "/berichten/opnieuw": ("dbtr", "dbtra"), "/berichten/afgehandeld": ("dbts", "dbtsa"),
    "/berichten/gestopt": ("dbtg", "dbtx2"),
    "/beeld/oordeel": MEETING, f"{_EVENT}/oordeel": MEETING,
    f"{_EVENT}/les": ("leskeep",), "/les/{number:int}": ("lesson",),
    f"{_EVENT}/vraag": ("pollyes",), f"{_EVENT}/vraag/wissen": WORDS, "/peiling": MEETING,
    "/rondbrief": READING,
    **{
        f"/rondbrief/{{number:int}}/{act}": READING
        for act in ("opslaan", "indienen", "terug", "goedkeuren")
    },
    "/overleg": MEETING, f"{_EVENT}/overleg": MEETING,
    **{
        f"/overleg/{{number:int}}/{act}": MEETING
        for act in (
            "wijzigen", "stand", "afspraak", "vragen", "vragen/wissen", "uitnodigen",
        )
    },
    "/overleg/{number:int}/aanwezig": ("ovp",), "/afspraak/{number:int}": ("agree",),
    "/overleg/agenda": MEETING,
    "/overleg/agenda/{number:int}": MEETING,
    "/signaal/{number:int}": ("sc", "sv", "sw"), "/signaal/{number:int}/bekijken": ("so",),
    "/signaal/{number:int}/wissen": ("sx",), "/signaal/{number:int}/duiden": ("sd",),
    "/signaal/{number:int}/besluit": ("sb",), "/signalen/samen": ("sg",),
    "/vraag-en-aanbod/groep": LIST, "/vraag-en-aanbod/{number:int}/weg": ("hx",),
    **dict.fromkeys(
        (path for path in ACTS if path.startswith(("/contact", "/organisatie", "/locatie"))), LIST
    ),
    "/groep/{number:int}/weg": LIST, "/groep/{number:int}/bericht": ("grp",),
    "/groep/{number:int}/bericht/versturen": ("grpsend",), "/meldkaart": LIST,
    "/opvolging/{number:int}": LIST, "/inlezen/{number:int}/terug": LIST,
    "/oefenen/begin": ("exgo", "exgath"), "/oefenen/{number:int}/start": ("exstart",),
    "/oefenen/{number:int}/verder": ("exnext",), "/oefenen/{number:int}/klaar": ("exend",),
    "/oefenen/{number:int}/stoppen": ("exbreak", "exoff", "exstop"),
    "/oefenen/naspelen": ("exregon",), "/oefenen/{number:int}/vragen": ("exasks",),
    **dict.fromkeys((path for path in ACTS if path.startswith("/beheer")), MACHINE),
    **{
        f"/beheer/rooster{act}": ROTA
        for act in ("", "/reeks", "/{number:int}", "/{number:int}/weg")
    },
    "/beheer/rooster/{number:int}/overgenomen": ("rotok",),
    "/beheer/rooster/{number:int}/notitie": ("rotnote",),
    "/beheer/rooster/{number:int}/ruil": ("rotask",),
    "/beheer/rooster/{number:int}/over": ("rottake2", "rotyes"),
    "/beheer/rooster/{number:int}/nee": ("rotno",),
    **dict.fromkeys((path for path in ACTS if path.startswith("/passkeys")), OWN),
}  # fmt: skip

#: a button that asks, shows or goes back; the act is another one
ASKS = "a question, or a page to look at"
PHONE = "is about the chat itself"
DUTY = "tells the others whom to call from now on; the desk shows the same on Vandaag"
#: what a coordinator presses or types → the act of the console that it is too, or what it is
AT_THE_DESK: dict[str, str] = {
    **{
        verb: act
        for act, verbs in ON_THE_PHONE.items() if not isinstance(verbs, str) for verb in verbs
    },
    **dict.fromkeys(
        (
            "ok", "q2", "q3", "q4", "no", "later", "items", "why", "day", "echg", "echg2", "ecard",
            "endn",
            "alert", "grip", "facts", "fcon", "fdel", "fmap", "fmdn", "fmwho", "fnext", "fsrc",
            "faro",
            "texts", "text", "own", "ap0", "ap1", "ap4", "rd", "rcpt", "unk", "brka", "brk0",
            "calls", "klok", "ring", "ringadd", "ringfind", "pollask", "splt",
            "sigs", "sgs", "corr", "retr", "retr0", "retr2",
            "dbt", "dbtx", "exlist", "exlook", "exold", "exwho", "exnow", "exask", "/oefening",
            "exppl", "exwhen", "expick", "exfind", "exone",
            "grpback", "grpleaf", "grpquit", "/groep", "late",
            "les", "lesskip", "lesown", "lesdue", "lesquit", "/les",
            "rotquit", "rotswap", "rottake", "/rooster",
            "/status", "/klok", "/signalen", "/bellijst", "/annuleren",
        ),
        ASKS,
    ),
    "evall": "/gebeurtenis/nieuw", "evl": "/gebeurtenis/nieuw", "evp": "/gebeurtenis/nieuw",
    "evs": "/gebeurtenis/nieuw", "evt": "/gebeurtenis/nieuw",
    "ownk": f"{_EVENT}/teksten/schrijven", "owns": f"{_EVENT}/teksten/schrijven",
    "/console": PHONE, "/overdracht": ASKS, "overd": DUTY,
}  # fmt: skip


def test_every_act_of_the_console_is_on_the_phone_or_says_why_not() -> None:
    assert set(ON_THE_PHONE) == ACTS
    known = {*TAPS, *COMMANDS}
    buttons = [one for how in ON_THE_PHONE.values() if not isinstance(how, str) for one in how]
    assert [one for one in buttons if one not in known] == []
    assert len(buttons) == len(set(buttons))


def test_every_button_and_command_of_a_coordinator_is_at_the_desk() -> None:
    theirs = {
        name for name, handler in [*TAPS.items(), *COMMANDS.items()]
        if handler.__module__.startswith("bot.chat.coordinator")
    }  # fmt: skip
    assert theirs <= set(AT_THE_DESK), sorted(theirs - set(AT_THE_DESK))
    assert {act for act in AT_THE_DESK.values() if act.startswith("/")} <= ACTS
