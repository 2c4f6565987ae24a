"""Dutch of what was just done."""

from __future__ import annotations

from bot.console.calling_texts import HOURS_LIKE_THIS

#: what was just done, said at the top of the page
DONE = {
    "exercise_begun": "De oefening loopt. Het eerste bericht komt zo.",
    "exercise_moved_on": "De tijd van de oefening is vooruitgezet.",
    "exercise_ended": "De oefening is klaar. Hieronder staat de scorekaart.",
    "exercise_stopped": "De oefening is gestopt. Er gaat niets meer uit.",
    "confirmed": "Bevestigd. De teksten staan klaar als concept. Vul nu de feiten in.",
    "snoozed": "U krijgt deze melding later opnieuw, of eerder als het ernstiger wordt.",
    "dismissed": "De melding is weg. Dank: zo leert Schakel wat er niet toe doet.",
    "merged": "Samengevoegd. De berichten staan nu bij deze gebeurtenis.",
    "split": "Dit is nu een eigen melding. Beslis hieronder wat ermee moet.",
    "not_split": "Niets veranderd. Kies berichten, en laat er ten minste één staan.",
    "not_merged": "Samenvoegen kan niet: over die gebeurtenis is al besloten.",
    "reopened": "De gebeurtenis loopt weer.",
    "fact_added": "Het feit staat erin. De teksten zijn bijgewerkt.",
    "fact_lowered": "Het feit staat bij nog niet bevestigd: er is geen officiële bron.",
    "fact_added_beside": "Het feit staat erin. Ook iemand anders veranderde iets: kijk het na.",
    "fact_removed": "Het feit is weg. De teksten zijn bijgewerkt.",
    "promise_set": "De belofte is gezet. De teksten zijn bijgewerkt.",
    "context_set": "Opgeslagen. De teksten zijn bijgewerkt.",
    "submitted": "Ingediend. De goedkeurders hebben een bericht gekregen.",
    "no_approver": "Ingediend, maar er is geen andere goedkeurder. Geef iemand dat recht.",
    "withdrawn": "Het concept is ingetrokken. Er is niets verzonden.",
    "drafted": "Het concept staat klaar. Zet de nieuwe of juiste feiten erin en dien het in.",
    "never_sent": "Deze zin was nog niet verzonden. Hij is weg; een correctie is niet nodig.",
    "approved": "Goedgekeurd. De berichten gaan nu uit.",
    "taken_back": "Ingetrokken. De berichten gaan nu uit; een tweede lezer kijkt achteraf.",
    "sent_back": "Teruggestuurd met uw opmerking.",
    "halted": "Gestopt. Wie het nog niet had, krijgt het nu niet.",
    "resumed": "Het verzenden gaat door.",
    "cancelled": "Afgezegd. Wie het nog niet had, krijgt het niet meer.",
    "resent": "Wat onzeker was, gaat opnieuw uit met het woord (herhaling).",
    "answered": "Het antwoord is onderweg naar wie het meldde.",
    "assessed": "Fase en duiding zijn vastgelegd. Iedereen die het beeld ziet, ziet ze ook.",
    "answered_alike": "Wie dit meldde, krijgt het antwoord. Ieder apart.",
    "reading_kept": "Uw oordeel is bewaard.",
    "decided": "Het besluit is bewaard. De melder hoort het pas met uw antwoord.",
    "answered_quietly": "Afgesloten. De melder vroeg geen antwoord.",
    "role_granted": "Het recht is gegeven.",
    "role_granted_seat": (
        "Het recht is gegeven. Let op: wie in het casusoverleg zit, is liever geen duider. "
        "Dit staat in het journaal, en het aantal staat op de privacypagina."
    ),
    "role_revoked": "Het recht is ingetrokken. Dat geldt meteen.",
    "last_admin": "U kunt uw eigen recht als beheerder niet intrekken.",
    "not_yourself": "U kunt uzelf niet van de lijst halen.",
    "person_left": "Deze persoon krijgt niets meer. Vraag de organisatie om een opvolger.",
    "imported": "De lijst is ingelezen.",
    "source_paused": "Deze bron wordt niet meer gelezen.",
    "source_resumed": "Deze bron wordt weer gelezen.",
    "session_ended": "Die aanmelding is beëindigd.",
    "passkey_added": "De passkey staat erbij.",
    "passkey_removed": "De passkey is weg.",
    "key_revoked": "De sleutel is ingetrokken.",
    "hook_retried": "Schakel probeert het nu opnieuw.",
    "saved": "Opgeslagen.",
    "hours_like_this": f"Er is niets opgeslagen. {HOURS_LIKE_THIS}",
}
