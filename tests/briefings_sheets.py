"""One sheet of fictional facts, for tests of templates and language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from briefings import texts
from briefings.render import CityLineView, FactLine, Form, MeasureLine, Sheet, SourceView
from briefings.rows import BriefingKind
from contacts.directory import Audience
from feeds.rows import LeadAgency
from tests.briefings_cast import NOW, SETTINGS

POLICE = "politie, 17.50 uur"
FACTS = (
    FactLine("De politie heeft vanmiddag in Arnhem drie mensen aangehouden.", POLICE),
    FactLine("Zij worden verdacht van het voorbereiden van geweld.", POLICE),
    FactLine("Er is nu geen gevaar voor de buurt.", POLICE),
    FactLine("Bewoners van de straat zijn weer thuis.", "gemeente, 17.58 uur"),
    FactLine("De politie heeft twee woningen doorzocht.", "OM, 18.00 uur"),
)
MEASURE = MeasureLine(
    text="De straat is dicht voor auto’s.",
    for_whom="alle verkeer",
    where="Presikhaaf",
    from_="dinsdag 17.00 uur",
    until="dinsdag 21.00 uur",
    decided_by="burgemeester",
    applies_to=frozenset({Audience.POLICE_DISTRICT}),
)
UNKNOWN = (
    "Wat de verdachten wilden doen.",
    "Of er een verband is met iets anders.",
    "Of er meer aanhoudingen komen.",
)
CITY = tuple(
    CityLineView.of(line, date(2026, 3, 3)) for line in (*SETTINGS.meldkaart, *SETTINGS.help_lines)
)
_FORMS: dict[Form, dict[str, Any]] = {
    Form.FULL: {},
    Form.HOLDING: {
        "confirmed": (),
        "lead": "",
        "unconfirmed": (FactLine("Bij de inval waren knallen te horen.", "omroep, 17.47 uur"),),
    },
    Form.NO_NEWS: {"kind": BriefingKind.UPDATE, "versions": dict.fromkeys(Audience, 2)},
    Form.CORRECTION: {
        "kind": BriefingKind.CORRECTION,
        "versions": dict.fromkeys(Audience, 2),
        "confirmed": FACTS[1:3],
        "right": (FactLine("De politie heeft vier mensen aangehouden.", POLICE),),
        "wrong": "het aantal aanhoudingen",
    },
    Form.RETRACTION: {
        "kind": BriefingKind.RETRACTION,
        "versions": dict.fromkeys(Audience, 2),
        "wrong": "een zin over achtergrond",
    },
    Form.CLOSING: {
        "kind": BriefingKind.CLOSING,
        "versions": dict.fromkeys(Audience, 3),
        "reported": (
            "Van 11 organisaties kregen wij signalen. Dank daarvoor. Vooral over: geruchten."
        ),
        "done": ("Wij gaven informatie.", "Wij bekeken signalen samen."),
        "lapsed": dict.fromkeys(Audience, NOW + timedelta(hours=3, minutes=55)),
        "not_done": ("Soms was geen actie nodig. Wie een antwoord wilde, hoorde waarom.",),
    },
    Form.LOOK_BACK: {
        "kind": BriefingKind.LOOK_BACK,
        "versions": dict.fromkeys(Audience, 4),
        "reported": "Van 11 organisaties kregen wij signalen. Dank daarvoor.",
    },
}


def a_sheet(form: Form = Form.FULL, **values: Any) -> Sheet:
    """Three confirmed facts at 18.05, an arrest, unless told otherwise."""
    defaults: dict[str, Any] = {
        "templates": "arrestatie",
        "kind": BriefingKind.FIRST,
        "form": form,
        "title": "Aanhouding Presikhaaf, 3 maart",
        "topic": "aanhouding Presikhaaf",
        "place": "Presikhaaf",
        "as_of": NOW,
        "next_update_at": NOW + timedelta(hours=3, minutes=55),
        "now": NOW,
        "versions": dict.fromkeys(Audience, 1),
        "sender": "Schakel",
        "is_exercise": False,
        "lead_agency": texts.LEADS[LeadAgency.POLICE],
        "since": "dinsdag 3 maart, 18.05 uur" if form is not Form.FULL else "",
        "lead": FACTS[0].text,
        "confirmed": FACTS[:3],
        "unknown": UNKNOWN,
        "meldkaart": CITY[:2],
        "help_lines": CITY[2:],
        "contacts": tuple(
            CityLineView.of(line, date(2026, 3, 3))
            for line in (SETTINGS.contact_tonight, SETTINGS.contact_tomorrow)
        ),
        "checked_on": "1 maart 2026",
        "sources": (SourceView("politie", "https://politie.example/bericht"),),
        "sent_before": dict.fromkeys(Audience, 2),
    }
    return Sheet(**(defaults | _FORMS[form] | values))
