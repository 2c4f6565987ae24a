"""Dutch of what was just done."""

from __future__ import annotations

from bot import line_texts
from bot.chat.coordinator import approved_texts
from bot.chat.coordinator.texts import REFUSALS
from bot.console.calling_texts import HOURS_LIKE_THIS
from bot.evening.texts import LOWERED, OF_YESTERDAY, OWN_TOOK_BACK
from briefings.rows import BriefingKind, BriefingStatus

#: what was just done, said at the top of the page
DONE = {
    "poll_asked": "De twee vragen gaan naar wie de teksten kreeg, in kantooruren.",
    "poll_wiped": "Die zin is weg.",
    "quick_poll_asked": "De twee vragen gaan naar wie de teksten kreeg.",
    "digest_drafted": "Het concept staat er. Lees het na en pas het aan.",
    "digest_submitted": "Ingediend. Een andere goedkeurder of coördinator keurt het goed.",
    "digest_nobody": (
        "Ingediend, maar niemand anders die mag goedkeuren, is te bereiken. Bel een goedkeurder."
    ),
    "digest_back": "Het is weer een concept.",
    "digest_sent": "De rondbrief gaat naar iedereen op de lijst.",
    "survey_asked": "De zes vragen gaan naar iedereen op de lijst.",
    "overleg_planned": "Het overleg staat gepland. Wie de agenda volgt, ziet het vanzelf.",
    "overleg_changed": "Opgeslagen. Wie de agenda volgt, ziet het vanzelf.",
    "overleg_held": "Het overleg is geweest. Noteer wie er was en wat is afgesproken.",
    "overleg_cancelled": "Het overleg gaat niet door. In de agenda staat dat erbij.",
    "overleg_invited": "De uitnodiging is onderweg, met een link voor de agenda.",
    "overleg_nobody_invited": "Er is niemand uitgenodigd: niemand daarvan is te bereiken.",
    "overleg_again": "Het overleg staat weer gepland.",
    "overleg_changed_told": "Opgeslagen. Wie was uitgenodigd, krijgt daar bericht van.",
    "overleg_cancelled_told": "Het overleg gaat niet door. Wie was uitgenodigd, krijgt bericht.",
    "overleg_again_told": "Het overleg staat weer gepland. Wie was uitgenodigd, krijgt bericht.",
    "present_added": "Genoteerd welke organisaties er waren.",
    "present_removed": "Die organisatie staat er niet meer bij.",
    "agreement_added": "De afspraak staat erbij. Is een actie te laat, dan hoort u het.",
    "agreement_gedaan": "De actie is gedaan.",
    "agreement_niet": "De afspraak gaat niet door.",
    "agreement_weer": "De afspraak staat weer open.",
    "calendar_link_revoked": "Die link werkt niet meer.",
    "lesson_added": "De les staat erbij. Is de dag voorbij, dan hoort u het.",
    "lesson_gedaan": "De les is gedaan.",
    "lesson_niet": "De les gaat niet door.",
    "lesson_weer": "De les staat weer open.",
    "rota_added": "Het staat op het rooster. Zette u een ander erop, dan krijgt die bericht.",
    "rota_added_untold": "Het staat op het rooster. Niet ieder die u erop zette, heeft een kanaal "
    "dat werkt: bel zelf.",
    "rota_changed": "De periode is gewijzigd. Wie dat aangaat, krijgt bericht.",
    "rota_changed_untold": "De periode is gewijzigd. Niet ieder die dat aangaat, heeft een kanaal "
    "dat werkt: bel zelf.",
    "rota_taken": "Overgenomen. De dienst is nu van u alleen.",
    "rota_note": "Bewaard. Wie na u dienst heeft, leest het bij de overdracht.",
    "rota_offered": "Uw collega krijgt de vraag. Tot die ja zegt, blijft de periode van u.",
    "rota_passed": "De periode is nu van u. Wie haar had, krijgt bericht.",
    "rota_declined": "U neemt het niet over. Wie het vroeg, krijgt bericht.",
    "rota_removed_untold": "De periode is weg. Wie erop stond, heeft geen kanaal dat werkt: "
    "bel zelf.",
    "rota_removed": "De periode is weg. Stond een ander erop, dan krijgt die bericht.",
    "exercise_gathering": "De oefening staat klaar. Vraag nu mensen; de tijd loopt nog niet.",
    "exercise_people_asked": "De vraag gaat nu uit. Hieronder staat bij wie zij aankwam en wie u "
    "beter belt. Alleen wie ja zegt, doet mee.",
    "exercise_asking_stuck": "De vraag kan nu niet weg. Hieronder staat waarom. Bel hen zelf; "
    "ja zeggen kan pas als het bericht er is.",
    "exercise_no_moment": "Er is niemand gevraagd. Vul dag en tijd in, en geen moment dat al "
    "voorbij is.",
    "exercise_nobody_asked": "Niemand gevraagd. Kies bij iemand een rol.",
    "exercise_nobody_yet": "Er heeft nog niemand ja gezegd. De tijd loopt nog niet.",
    "exercise_begun": "De oefening loopt. Het eerste bericht komt zo.",
    "exercise_moved_on": "De tijd van de oefening is vooruitgezet.",
    "exercise_ended": "De oefening is beëindigd. Hieronder staat de scorekaart.",
    "exercise_stopped": "De oefening is afgebroken. Er gaat niets meer uit.",
    "confirmed": "Bevestigd. De teksten staan klaar als concept. Vul nu de feiten in.",
    "muted": "Dit onderwerp is een week stil. Wordt het ernstiger, dan hoort u het.",
    "snoozed": "U krijgt deze melding later opnieuw, of eerder als het ernstiger wordt.",
    "dismissed": "De melding is weg. Dank: zo leert Schakel wat er niet toe doet.",
    "no_reason": "Niets veranderd. Kies waarom de melding niet relevant is.",
    "merged": "Samengevoegd. De berichten staan nu bij deze gebeurtenis.",
    "split": (
        "Dit is nu een eigen melding. Er gaat nu geen bericht over uit. Beslis hieronder wat ermee "
        "moet; tot dan staat zij op Vandaag."
    ),
    "split_rings": (
        "Dit is nu een eigen melding. Zij gaat nu uit, zoals elke melding. Beslis hieronder "
        "wat ermee moet; tot dan staat zij op Vandaag."
    ),
    "not_split": "Niets veranderd. Kies berichten, en laat er ten minste één staan.",
    "not_merged": "Samenvoegen kan niet: over die gebeurtenis is al besloten.",
    "reopened": "De gebeurtenis loopt weer.",
    "not_your_keys": (
        "Een van de twee mag in Schakel inloggen. Die voegt alleen een beheerder samen."
    ),
    "not_your_list": (
        "In deze lijst staat iemand die in Schakel mag inloggen. Die draait alleen een beheerder "
        "terug."
    ),
    "exercise_over": "Deze oefening is voorbij. De gebeurtenis blijft afgesloten.",
    "fact_added": "Het feit staat erin. De teksten zijn bijgewerkt.",
    "fact_lowered": LOWERED,
    "fact_added_beside": "Het feit staat erin. Ook iemand anders veranderde iets: kijk het na.",
    "fact_confirmed": "Het feit staat nu bij bevestigd. De teksten zijn bijgewerkt.",
    "fact_removed": "Het feit is weg. De teksten zijn bijgewerkt.",
    "promise_set": "De belofte is gezet. De teksten zijn bijgewerkt.",
    "translated": "Opgeslagen. De vertaling is actueel en gaat mee met deze versie.",
    "translation_part": "Opgeslagen. Nog niet elke zin is vertaald; zo gaat de vertaling niet uit.",
    "translation_odd": "Opgeslagen, op zinnen na waar de tekens tussen { en } niet kloppen.",
    "own_words_written": "Opgeslagen. Deze tekst staat nu in uw eigen woorden.",
    "own_words_took_back": f"Opgeslagen. {OWN_TOOK_BACK[BriefingStatus.SUBMITTED]}",
    "own_words_lapsed": f"Opgeslagen. {OWN_TOOK_BACK[BriefingStatus.APPROVED]}",
    "own_words_kept": "Uw eigen woorden blijven staan, naast de nieuwe feiten.",
    "own_words_dropped": "Hier staat weer de standaardtekst.",
    "context_set": "Opgeslagen. De teksten zijn bijgewerkt.",
    "submitted_partly": "Ingediend, maar één of meer teksten kan nu niemand goedkeuren. Hieronder "
    "staat welke, en wat u kunt doen.",
    "submitted": "Ingediend. De goedkeurders krijgen een bericht.",
    "no_approver": (
        "Ingediend, maar geen andere goedkeurder is te bereiken. Bel een goedkeurder, of geef "
        "iemand dat recht en een kanaal."
    ),
    "withdrawn": "Het concept is ingetrokken. Er is niets verzonden.",
    "withdrawn_rest": "Het concept is ingetrokken. Wat al verzonden was, blijft verzonden.",
    "withdrawn_rest_words": "Het concept is ingetrokken. Wat al verzonden was, blijft verzonden. "
    "Wat er zelf in geschreven was, is bewaard: in een volgende versie kiest u per deel of het nog "
    "geldt.",
    "withdrawn_words": "Het concept is ingetrokken. Er is niets verzonden. Wat er zelf in "
    "geschreven was, is bewaard: in een volgende versie kiest u per deel of het nog geldt.",
    "drafted": "Het concept staat klaar. Zet de nieuwe of juiste feiten erin en dien het in.",
    "drafted_closing": "Het concept van de afsluiting staat klaar. Lees het na en dien het in.",
    "drafted_look_back": "De uitnodiging om terug te kijken staat klaar. Lees alles na en dien in.",
    "never_sent": "Deze zin was nog niet verzonden. Hij is weg; een correctie is niet nodig.",
    "list_changed": f"Niet verzonden. {REFUSALS['list_changed']}",
    "no_recipients": f"Niet verzonden. {REFUSALS['no_recipients']}",
    "approved": "Goedgekeurd. De berichten gaan nu uit.",
    "approved_later": "Goedgekeurd. Hieronder staat hoe het met de berichten staat.",
    "approved_rest_untold": "Goedgekeurd. De andere teksten wachten hieronder, maar niemand "
    "anders die ze mag goedkeuren, kreeg bericht. Bel een goedkeurder, of laat de beheerder iemand "
    "die rol geven.",
    "approved_part": "Goedgekeurd. De andere teksten blijven wachten; die staan hieronder.",
    "approved_part_later": "Goedgekeurd. De andere teksten blijven wachten; die staan hieronder.",
    "set_aside_rule": "De uitzondering staat erbij, met uw reden. U kunt nu goedkeuren.",
    "taken_back": "Ingetrokken. De berichten gaan nu uit; een tweede lezer kijkt achteraf.",
    "sent_back": "Teruggestuurd met uw opmerking.",
    "asked_back": approved_texts.ASKED_NOW,
    "asked_back_nobody": approved_texts.ASKED_NOBODY,
    "halted": "Gestopt. Wie het nog niet had, krijgt het nu niet.",
    "resumed": "Het verzenden gaat door.",
    "resumed_late": approved_texts.WITHOUT_PROMISE,
    "still_unheard": "Niet verzonden: de afsluiting vertelt niet wat partners meldden. "
    "Hieronder staat wat nu kan.",
    "links_revoked": "De links werken niet meer.",
    "set_aside": "Afgehandeld. Hiervoor gaat niets meer uit.",
    "cancelled": "Afgezegd. Wie het nog niet had, krijgt het niet meer.",
    "called_off": "Afgezegd. Niemand kreeg deze versie, en zij telt niet als verzonden. Bij "
    "Teksten schrijft u een nieuwe, of sluit u af.",
    "belongs": "De berichten van de melding staan nu hier. Die melding is klaar. Staat er iets "
    "nieuws in voor een update?",
    "ended_untold": "Afgesloten zonder bericht. Niemand kreeg een tekst, en er gaat niets uit.",
    "event_changed": "Gewijzigd, en de open teksten opnieuw geschreven. Kijk ook naar de titel.",
    "nothing_changed": "Er was niets te wijzigen.",
    "place_refused": "Er is niets opgeslagen. In de plaats lijkt een persoon herkenbaar.",
    "time_like_this": "Er is niets opgeslagen. Schrijf de tijd zo: 20.30",
    "sent_late": "Het bericht gaat nu naar wie het miste.",
    "resent": "Wat onzeker was, gaat opnieuw uit met het woord (herhaling).",
    "answered": "Het antwoord is onderweg naar wie het meldde.",
    "assessed": "Fase en duiding zijn vastgelegd. Iedereen die het beeld ziet, ziet ze ook.",
    "answered_alike": "Wie dit meldde, krijgt het antwoord. Ieder apart.",
    "answered_alike_shut": "Afgesloten. Niet iedereen krijgt het antwoord: van een deel is de "
    "sleutel van de weg terug weg. Bij het signaal ziet u van welke organisatie.",
    "group_told": "Het bericht gaat nu naar de groep.",
    "group_told_part": "Het bericht gaat nu naar wie een kanaal heeft dat werkt. "
    "Hieronder staat wie u zelf belt.",
    "group_told_nobody": "Er is niets verstuurd: niemand heeft een kanaal dat werkt. Bel hen.",
    "group_had_it": "Dit bericht ging net al naar de groep. Er ging niets opnieuw.",
    "help_removed": "Weggehaald. Wie het plaatste, krijgt bericht met de reden.",
    "note_wiped": "De tekst is gewist. Dat is niet terug te draaien.",
    "tick_first": "Er is niets gewist. Zet eerst het vinkje.",
    "last_admin_stays": "Dit is de enige beheerder. Geef eerst iemand anders dat recht.",
    "person_erased": "De gegevens van deze persoon zijn gewist.",
    "reading_kept": "Uw oordeel is bewaard.",
    "decided": "Het besluit is bewaard. De melder hoort het pas met uw antwoord.",
    "answered_quietly": "Afgesloten. De melder vroeg geen antwoord.",
    "answered_shut": "Afgesloten. Het antwoord kan niet naar de melder: de sleutel van de weg "
    "terug is weg. Wilt u iets laten weten? Bel dan de organisatie.",
    "role_granted": "Het recht is gegeven.",
    "role_granted_seat": (
        "Het recht is gegeven. Let op: wie in het casusoverleg zit, kan beter geen duider zijn. "
        "Dit staat in het journaal, en het aantal staat op de privacypagina."
    ),
    "role_revoked": "Het recht is ingetrokken. Dat geldt meteen.",
    "last_admin": "U kunt uw eigen recht als beheerder niet intrekken.",
    "not_yourself": "U kunt uzelf niet van de lijst halen.",
    "person_left": "Deze persoon krijgt niets meer. De organisatie kreeg de vraag wie opvolgt.",
    "organisation_unknown": "Er is niets gemaakt: deze naam staat niet op de lijst. "
    "Kijk bij Contacten hoe die daar staat.",
    "organisation_confirmed": "De organisatie staat als bevestigd.",
    "successor_accepted": "De opvolger staat op de lijst, met dezelfde teksten en groepen.",
    "succession_dropped": "Er komt niemand op deze plek.",
    "address_taken": "Niets veranderd: dit e-mailadres hoort al bij iemand anders.",
    "imported": "De lijst is ingelezen.",
    "import_undone": "Het inlezen is teruggedraaid.",
    "not_twice": "Er is niets veranderd. Een van de twee staat niet meer op de lijst, of ze horen "
    "niet bij hetzelfde domein.",
    "not_sure": "Er is niets veranderd. Zet eerst een vinkje bij 'Dit is dezelfde organisatie'.",
    "join_busy": "Niets veranderd: er worden net berichten klaargezet. Probeer het zo opnieuw.",
    "joined": "Samengevoegd. Alles van de andere organisatie staat nu hier.",
    "merged_people": "Samengevoegd. De ander staat niet meer op de lijst.",
    "source_added": "De bron staat erbij. Binnen een minuut staat hier of hij te lezen is.",
    "source_checked": "De bron staat als nagekeken.",
    "source_moved": "Deze bron wordt op het nieuwe adres gelezen. Zet het ook in config.toml.",
    "source_paused": "Deze bron wordt niet meer gelezen.",
    "source_resumed": "Deze bron wordt weer gelezen.",
    "session_ended": "Die aanmelding is beëindigd.",
    "passkey_added": "De passkey staat erbij.",
    "passkey_removed": "De passkey is weg.",
    "passkeys_taken": "De passkeys zijn weg. Deze persoon krijgt daar bericht van.",
    "name_allowed": "De naam staat op de lijst. Het filter laat hem door.",
    "name_disallowed": "De naam is van de lijst.",
    "key_revoked": "De sleutel is ingetrokken.",
    "hook_retried": "Schakel probeert het nu opnieuw.",
    "step_ticked": "Afgevinkt.",
    "step_unticked": "Het vinkje is weg.",
    "calls_listed": "De organisaties staan op de lijst om eerst te bellen.",
    "call_ticked": "Bewaard.",
    "moment_like_this": "Niets veranderd: kies een dag en tijd die nog komen.",
    "nothing_sent": "Er is nog niets verzonden, dus er is niemand die dit kan krijgen.",
    "follow_up_set": "De dag van het vervolg is bewaard.",
    "draft_open": "Er staat nog een ander concept open. Verzend het eerst, of kies bij Teksten "
    "Concept intrekken. Ligt het ter goedkeuring? Vraag een goedkeurder om Terug met opmerking.",
    "neighbours_on": "De buurgemeenten krijgen de volgende eerste tekst ook. Ging die al uit? "
    "Stuur hem dan alsnog, bij Ontvangers. Lag er een tekst ter goedkeuring? Dien die opnieuw in.",
    "neighbours_off": "De buurgemeenten krijgen geen eerste tekst. Wie al iets kreeg, hoort ook "
    "het vervolg.",
    "grip_set": "De GRIP is bewaard. Verhoogd? Dien dan opnieuw in wat ter goedkeuring lag.",
    "grip_handed_in": (
        "Niets veranderd: verlagen kan niet zolang een tekst ter goedkeuring ligt of op zijn "
        "moment wacht."
    ),
    "grip_second_person": (
        "Niets veranderd: verlagen doet iemand anders dan wie deze GRIP invoerde."
    ),
    "not_running": "Deze gebeurtenis loopt niet (meer).",
    "saved": "Opgeslagen.",
    "line_empty": line_texts.EMPTY,
    "hours_like_this": f"Er is niets opgeslagen. {HOURS_LIKE_THIS}",
}

#: after adding or confirming a fact with a clock time that today has not shown yet
YESTERDAY = "_gisteren"
DONE |= {
    f"{key}{YESTERDAY}": f"{DONE[key]} {OF_YESTERDAY}"
    for key in ("fact_added", "fact_lowered", "fact_added_beside", "fact_confirmed")
}

#: after these it is said whom to ring
TO_RING = frozenset({"digest_nobody", "no_approver", "approved_rest_untold"})

#: after approving for a moment that is still to come
LATER = {
    "approved_later": "Goedgekeurd. De berichten gaan uit op {at}.",
    "approved_part_later": "Goedgekeurd. De berichten gaan uit op {at}. De andere teksten blijven "
    "wachten; die staan hieronder.",
}

#: what a new draft asks of whoever began it, where that is not putting facts in
_DRAFTED = {
    BriefingKind.CLOSING: "drafted_closing",
    BriefingKind.LOOK_BACK: "drafted_look_back",
}


def drafted(kind: BriefingKind) -> str:
    """What is said of a draft that was just begun."""
    return _DRAFTED.get(kind, "drafted")


def withdrawn(*, has_sent: bool, kept: bool) -> str:
    """After a draft was withdrawn: whether earlier texts went out, and its own words are kept."""
    return f"withdrawn{'_rest' if has_sent else ''}{'_words' if kept else ''}"
