"""Dutch words of the timetable, in the chat, in reminders and at the desk."""

from briefings.steps import Step

LABELS = {
    Step.CONFIRM: "Besluit over de melding",
    Step.CALL_FIRST: "Vooraf bellen",
    Step.DRAFT: "Teksten indienen",
    Step.FOUR_EYES: "Goedkeuren",
    Step.SEND: "Eerste bericht versturen",
    Step.PROMISE: "Beloofde update",
    Step.MORNING: "Update vóór de eerste les",
    Step.CHECK: "Nakijken na enkele dagen",
    Step.CLOSING: "Afsluiten",
    Step.LOOK_BACK: "Terugkijken",
    Step.FOLLOW_UP: "Vervolg: vrijlating of uitspraak",
}
#: what is asked of whoever hears that the step is not done
ASKS = {
    Step.CONFIRM: "Besluit of dit ingrijpend is.",
    Step.CALL_FIRST: "Wie direct geraakt is, belt u zelf eerst. Vink af wat gedaan is.",
    Step.DRAFT: "De teksten zijn nog niet ingediend.",
    Step.FOUR_EYES: "De teksten zijn nog niet goedgekeurd.",
    Step.SEND: "Het eerste bericht is nog niet verstuurd. Weinig zeker? Een korte tekst mag ook.",
    Step.PROMISE: "Dit is aan de lezers beloofd. Is er niets nieuws? Stuur dan dat.",
    Step.MORNING: "Scholen lezen dit voordat de les begint. Is er niets nieuws? Stuur dan dat.",
    Step.CHECK: "Is er een les van TerInfo? Wat kwam er terug? Stuur zo nodig een update.",
    Step.CLOSING: "Sluit af met wat u hoorde en deed. Loopt het nog? Dan blijft dit openstaan.",
    Step.LOOK_BACK: "Vier tot zes weken later: nodig uit om terug te kijken, en vraag wie nog "
    "last heeft.",
    Step.FOLLOW_UP: "Wat bekend wordt, gaat naar dezelfde lijst als het eerste bericht. De woorden "
    "daarvoor staan klaar.",
}
#: a step that is done for a part of the texts
SO_FAR = "{done} van {total} teksten"
#: a text that leaves by itself has reached nobody yet
PLANNED = "{planned} van {total} teksten klaar voor {at}"
SO_FAR_PLANNED = "{done} van {total} teksten, {planned} klaar voor {at}"
PLANNED_AT, SEVERAL_MOMENTS = "{at} uur", "hun eigen moment"
ASKS_REST = {
    Step.DRAFT: "{done} van de {total} teksten {are} ingediend. De andere nog niet.",
    Step.FOUR_EYES: "{done} van de {total} teksten {are} goedgekeurd. De andere wachten nog.",
    Step.SEND: "{done} van de {total} teksten {are} verstuurd. De andere lezers hebben nog niets.",
    Step.PROMISE: "{done} van de {total} teksten {are} verstuurd. De andere lezers wachten nog.",
    Step.MORNING: "{done} van de {total} teksten {are} verstuurd. De andere lezers wachten nog.",
}
ASKS_PLANNED = "{planned} van de {total} teksten {stand} klaar voor {at}. De andere nog niet."
ASKS_SENT_AND_PLANNED = (
    "{done} van de {total} teksten {are} verstuurd en {planned} {stand} klaar voor {at}. De andere "
    "nog niet."
)
STAND, STANDS = "staan", "staat"
ARE, IS = "zijn", "is"
TICK = "☐ {label}: gedaan"
NOT_NEEDED = "{label}: niet nodig"
UNTICK = "☑ {label}: toch niet"
RING = "Vooraf bellen: lijst"
WRITE_UPDATE = "Update schrijven"
INVITE = "Uitnodiging om terug te kijken"
PLAN = "Vervolg plannen"
REPLAN = "Vervolg op een andere dag"
WRITE_FOLLOW_UP = "Update over het vervolg schrijven"
RUNG = "☑ {number} gebeld"
TO_RING = "☐ {number} gebeld"
ADD_TO_RING = "Organisatie erbij"
FIND_TO_RING = "Zoek op naam"
FIND_LIKE = "Typ een deel van de naam van de organisatie."
PREVIOUS, FURTHER = "Vorige", "Meer organisaties"
TO_RING_ADDED = "Staat op de lijst."
IN_LIST_ALREADY = "Stond al op de lijst."
OPEN_TIMETABLE = "Draaiboek"
STATES = {
    "done": "gedaan", "planned": "staat klaar", "not_needed": "niet nodig",
    "moot": "vervallen", "late": "te laat", "open": "open",
}  # fmt: skip
NOTHING_TO_UNTICK = "Dit stond al open."
