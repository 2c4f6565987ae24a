"""The language check: our own texts pass, what may never be sent does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings import language
from briefings.lint import Remark, blocking, lint_sentence, lint_text
from briefings.lint_rules import lint_rules
from briefings.plaintext import chat_length, words
from briefings.reading import Score
from briefings.render import FactLine, Form, Rendered, render_text
from contacts.directory import Audience
from tests.briefings_sheets import FACTS, MEASURE, POLICE, a_sheet

BLOCKING = {"N1", "N2", "N4", "N5", "N6", "N9", "T1", "R1"}
#: (rule, a sentence that trips it)
TRIPS = (
    ("N2", "De verdachte is van Turkse afkomst."),
    ("N2", "De aangehouden man was verward."),
    ("N2", "De verdachten zijn asielzoekers."),
    ("N3", "Er zijn Turkse rellen in de stad."),
    ("N4", "Naar verluidt komt er nog een inval."),
    ("N4", "Volgens een filmpje op internet waren er meer."),
    ("N4", "Dat staat op een screenshot."),
    ("N5", "Bekijk de beelden van de inval."),
    ("N6", "Zij lieten een manifest achter."),
    ("N6", "Het was een zelfgemaakte bom."),
    ("N7", "Hij pleegde zelfmoord."),
    ("N8", "Dit komt uit het casusoverleg."),
    ("N9", "Het gebeurde bij basisschool De Zonnebloem."),
    ("N9", "Een leerling van het Rijncollege zag het."),
    ("N10", "De politie faalde."),
    ("N11", "Houd stille leerlingen in de gaten."),
    ("N11", "Let op signalen van radicalisering."),
    ("N12", "Dit is erger dan vorig jaar."),
    ("N13", "U hoeft niet bang te zijn."),
    ("N13", "Nog niet bevestigd: er zijn drie gewonden."),
    ("W1", "De terroristen zijn gepakt."),
    ("W2", "De dader is bekend."),
    ("W3", "Er is tuig opgepakt."),
    ("W5", "Allochtonen en anderen schrikken."),
    ("W6", "Het was een drama."),
    ("W7", "Er is geen reden voor paniek."),
    ("W8", "Wij begrijpen hoe u zich voelt."),
    ("W9", "Wees waakzaam."),
    ("W10", "U dient dit te melden."),
    ("W12", "Inzake de inval volgt nieuws."),
    ("W12", "Hij deed mee aan het voorbereiden van een aanslag."),
    ("N1", "De 17-jarige jongen is thuis."),
    ("N7", "Het was een sprong van het dak."),
    ("W4", "Er was een Koerdenprotest."),
    ("W11", "Dit gaat over radicalisering."),
    ("W13", "Indien nodig sluit de straat."),
    ("Z17", "De straat gaat straks open."),
    ("Z17", "Morgenochtend volgt nieuws."),
)
#: (rule, a sentence close by that must not trip it)
PASSES = (
    ("A1", "Ouders van alle scholen krijgen deze tekst."),
    ("N1", "Jongeren van 17 jaar mogen mee."),
    ("N2", "De politie spreekt met mensen van de moskee."),
    ("N3", "De jongeren gaan naar huis."),
    ("N4", "De politie plaatst het bericht op haar eigen pagina."),
    ("N5", "Kijk geen beelden samen met leerlingen."),
    ("N6", "Er is een wapen gevonden, zegt de politie."),
    ("N7", "Een leerling van een school is overleden."),
    ("N8", "De politie is zichtbaar op straat."),
    ("N9", "Een basisschool in de stad sluit eerder."),
    ("N10", "De burgemeester spreekt met bewoners."),
    ("N11", "Geef nooit namen aan anderen."),
    ("N12", "Mensen verschillen van mening over dit conflict."),
    ("N13", "De politie en de gemeente zijn in de wijk."),
    ("W1", "De politie houdt rekening met een terroristisch motief."),
    ("W2", "De verdachte is aangehouden."),
    ("W3", "Mensen vernielden een bushokje."),
    ("W4", "Er is een demonstratie over Noord-Syrië."),
    ("W5", "Inwoners en leerlingen schrikken."),
    ("W6", "Meerdere mensen zijn gewond."),
    ("W7", "Dit doen politie en gemeente nu."),
    ("W8", "Dit nieuws kan veel losmaken."),
    ("W9", "Loop samen naar de bushalte."),
    ("W10", "U kunt dit melden."),
    ("W11", "Dit gaat over de rust in de stad."),
    ("W12", "Over de inval volgt nieuws."),
    ("W13", "Als het nodig is, sluit de straat."),
    ("Z17", "De straat gaat om 21.00 uur open."),
    ("Z17", "Woensdag 4 maart om 07.15 uur volgt nieuws."),
)
#: (rule, a piece of a text that trips it)
PIECES = (
    ("N5", '<p>Zie dit.</p><img src="x">'),
    ("N5", '<p><a href="https://example.org/foto.jpg">hier</a></p>'),
    ("N4", '<p><a href="https://www.tiktok.com/@x">hier</a></p>'),
    ("Z1", "<p>" + "Dit is een hele lange zin met heel veel woorden " * 3 + ".</p>"),
    ("Z2", "<p>Deze zin is met opzet wat langer gemaakt dan een zin zou moeten zijn.</p>"),
    ("Z3", "<p>De straat werd door de politie afgesloten.</p>"),
    ("Z4", "<p>Let op!</p>"),
    ("Z5", "<p>Dit is BELANGRIJK nieuws.</p>"),
    ("Z6", "<p>Goed gedaan ☺.</p>"),
    ("Z7", "<p>Een zin. Nog een. En nog een. Weer een. Nog een zin. Te veel.</p>"),
    ("Z8", "<p>Een zin. Nog een.</p>" * 25),
    ("Z9", '<p><a href="https://a.example">a</a> <a href="https://b.example">b</a></p>'),
    ("Z13", "<p>Wat kun je doen?</p>"),
    ("Z14", "<p>Bel het XYZ.</p>"),
    ("Z15", "<p>Professionele organisaties faciliteren.</p>" * 14),
    ("L1", '<p><a href="http://example.org/bericht">hier</a></p>'),
    ("N14", "<h2>Wat weten we zeker</h2><ul><li>De straat is open.</li></ul>"),
    ("V2", "<ul><li>De straat is dicht. Besluit van: burgemeester.</li></ul>"),
)
#: rules about a whole text, each with its own test below
WHOLE = frozenset({"A1", "R1", "T1", "V1", "Z10", "Z11", "Z12", "Z16"})
#: in the tests of own words, quotes and living links, each with a text that it leaves alone
BESIDE = frozenset({"H1", "H2", "H3", "H4", "K1", "K2", "K3", "K4", "L2", "V3"})


def with_html(html: str, **values: object) -> Rendered:
    text = render_text(a_sheet(), Audience.TEACHER_VO_MBO)
    return replace(text, html=f"<h2>Kop</h2>\n{html}", words=450, **values)


def codes(remarks: list[Remark]) -> set[str]:
    return {remark.code for remark in remarks}


@pytest.mark.parametrize("templates", ["arrestatie", "algemeen"])
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize(("facts", "measures"), [(1, ()), (3, ()), (5, (MEASURE,))])
def test_our_own_texts_pass_without_a_remark(
    templates: str, audience: Audience, facts: int, measures: tuple[object, ...]
) -> None:
    sheet = a_sheet(
        templates=templates,
        confirmed=FACTS[:facts],
        measures=measures,
        meaning="Ik leef mee met iedereen die hiervan schrikt.",
        meaning_speaker="De burgemeester",
    )
    assert lint_text(render_text(sheet, audience)) == []


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.FULL])
@pytest.mark.parametrize("audience", Audience)
def test_our_own_short_forms_pass_without_a_remark(form: Form, audience: Audience) -> None:
    assert lint_text(render_text(a_sheet(form), audience)) == []


@pytest.mark.parametrize(("code", "sentence"), TRIPS)
def test_a_word_that_does_not_belong_is_found_with_advice(code: str, sentence: str) -> None:
    found = [remark for remark in lint_sentence(sentence) if remark.code == code]
    assert found
    assert all(remark.blocks == (code in BLOCKING) for remark in found)
    assert all(remark.advice.endswith(".") for remark in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "Zij worden verdacht van het voorbereiden van geweld.",
        "Voor wie familie heeft in Turkije is dit dichtbij.",
        "Komt het door een geloof of een land?",
        "Meld bedreiging of schade bij de politie.",
        "De school beslist.",
        "De moskee en de kerk krijgen dezelfde tekst.",
        "Er is nu geen gevaar voor de buurt.",
        "Kijk geen filmpjes samen.",
        "De burgemeester komt langs.",
    ],
)
def test_an_ordinary_sentence_is_left_alone(sentence: str) -> None:
    assert lint_sentence(sentence) == []


def test_words_about_faith_are_only_a_warning_to_parents() -> None:
    sheet = a_sheet(confirmed=(FactLine("De moskee is open voor wie wil praten.", POLICE),))
    sheet = replace(sheet, tie="Ook voor islamitische gezinnen kan dit dichtbij komen.")
    assert codes(lint_text(render_text(sheet, Audience.PARENTS))) == {"A1"}
    assert codes(lint_text(render_text(sheet, Audience.YOUTH_WORK))) == set()


@pytest.mark.parametrize(("code", "html"), PIECES)
def test_a_measure_of_plain_language_is_found(code: str, html: str) -> None:
    found = [remark for remark in lint_text(with_html(html)) if remark.code == code]
    assert found
    assert all(remark.blocks == (code in BLOCKING) for remark in found)


def test_an_abbreviation_that_is_explained_passes() -> None:
    assert codes(lint_text(with_html("<p>Bel de Dienst Xyloof (XYZ).</p>"))) == set()


@pytest.mark.parametrize(("words_", "code"), [(501, "Z10"), (309, "Z10"), (450, None)])
def test_the_length_of_a_text_is_advice(words_: int, code: str | None) -> None:
    text = replace(render_text(a_sheet(), Audience.TEACHER_VO_MBO), words=words_)
    assert codes(lint_text(text)) == ({code} if code else set())


@pytest.mark.parametrize(("code", "sentence"), PASSES)
def test_a_sentence_close_by_is_left_alone(code: str, sentence: str) -> None:
    assert code not in codes(lint_sentence(sentence))


def test_every_rule_has_a_text_that_trips_it_and_one_that_does_not() -> None:
    rules = lint_rules()
    by_word = {rule.code for rule in rules.rules} | {"W13"}
    measured = {key.partition("_")[0] for key in rules.advice}
    tripped = {code for code, _ in (*TRIPS, *PIECES)} | WHOLE | BESIDE
    assert by_word | measured <= tripped
    assert by_word <= {code for code, _ in PASSES}
    assert measured - by_word <= {code for code, _ in PIECES} | WHOLE | BESIDE | {"N1"}


def test_a_fact_with_its_source_and_a_whole_measure_pass() -> None:
    fact = "<h2>Wat weten we zeker</h2><ul><li>Er is rust. <cite>(politie)</cite></li></ul>"
    measure = "<p>De straat is dicht. Besluit van: burgemeester. Geldt voor u: nee.</p>"
    safe = '<p><a href="https://example.org/bericht">hier</a></p>'
    assert not codes(lint_text(with_html(fact + measure + safe))) & {"N14", "V2", "L1"}


def test_a_subject_that_is_too_long_is_told() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    assert codes(lint_text(replace(text, subject="x" * 61))) == {"Z11"}
    assert codes(lint_text(replace(text, subject="x" * 60))) == set()


def test_a_time_that_moves_is_told_of_facts_and_not_of_our_own_lines() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    assert codes(lint_text(text, stated=["De straat gaat straks open."])) == {"Z17"}
    assert "Z17" not in codes(lint_text(with_html("<p>Kom straks bij mij.</p>")))


def test_the_advice_on_a_time_names_the_word_that_was_written() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    (remark,) = lint_text(text, stated=["De straat ging vanochtend open."])
    assert remark.advice.endswith("weet niet wat “vanochtend” is.")


def test_a_label_in_the_subject_blocks() -> None:
    text = replace(render_text(a_sheet(), Audience.PARENTS), subject="Over radicalisering")
    assert {"R1"} <= {remark.code for remark in blocking(lint_text(text))}


def test_a_chat_text_that_telegram_refuses_blocks() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    assert codes(lint_text(replace(text, telegram="woord " * 200))) == {"Z12", "Z16"}
    assert codes(blocking(lint_text(replace(text, telegram="woord " * 800)))) == {"T1"}


def test_the_name_of_an_organisation_on_the_list_blocks() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    stated = ["Er was iets bij De Gele Loper."]
    assert codes(lint_text(text, stated=stated, organisations=["De Gele Loper"])) == {"N9"}
    assert lint_text(text, stated=stated, organisations=["De Blauwe Loper", "Er"]) == []


def test_a_person_in_unscreened_words_blocks() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    assert codes(lint_text(text, unscreened=["bel 06-12345678"])) == {"N1"}


def test_blocking_remarks_come_first_and_once() -> None:
    remarks = lint_text(with_html("<p>Let op! De dader is een moslim. Let op!</p>"))
    assert remarks[0].blocks
    assert len(remarks) == len(set(remarks))


def test_standard_parts_are_not_judged() -> None:
    text = with_html("<p>Een zin.</p><footer><p>U dient te bellen!</p></footer>")
    assert lint_text(text) == []


def test_every_code_that_is_used_has_words() -> None:
    rules = lint_rules()
    assert {rule.code for rule in rules.rules if rule.level == "block"} == {
        "N1", "N2", "N4", "N5", "N6", "N9",
    }  # fmt: skip
    assert all(rule.wrong and rule.advice for rule in rules.rules)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Er is geen gevaar. De straat is open.", 2),
        ("Om 20.45 uur volgt nieuws. Daarna ook.", 2),
        ("U mag zeggen: “Ik weet het niet.” Dat is eerlijk.", 3),
        ("Wie zijn het? “De politie zoekt het uit. Wij noemen geen namen.”", 3),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, count: int) -> None:
    assert len(language.sentences(text)) == count


@given(st.text(max_size=200))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    joined = [word for sentence in language.sentences(text) for word in words(sentence)]
    assert len(joined) == len(words(" ".join(language.sentences(text))))


@given(st.text(alphabet="abc 😀é", max_size=50))
def test_chat_length_counts_as_telegram_does(text: str) -> None:
    assert chat_length(f"<b>{text}</b>") == len(text.encode("utf-16-le")) // 2


def test_hard_words_weigh_more_for_parents() -> None:
    said = "<p>De gemeente informeert belangstellende ouders over maatregelen.</p>" * 8
    texts = {a: replace(with_html(said), audience=a) for a in Audience}
    found = {a for a, text in texts.items() if "Z15" in codes(lint_text(text))}
    assert found == set(Audience)
    easy = "<p>De gemeente belt vandaag alle ouders van de school.</p>" * 8
    assert "Z15" not in codes(lint_text(replace(with_html(easy), audience=Audience.PARENTS)))


def test_a_score_just_below_the_limit_is_not_said_to_be_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scored = Score(words=90, sentences=9, mean=10, longest=12, flesch=74.6)
    monkeypatch.setattr("briefings.lint.score_of", lambda _: scored)
    text = replace(with_html("<p>De politie zoekt het uit.</p>"), audience=Audience.PARENTS)
    (said,) = [one.advice for one in lint_text(text) if one.code == "Z15"]
    assert said.startswith("Leesbaarheid 74 ")


def test_a_chat_text_that_does_not_fit_the_first_screen_is_told() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    assert "Z16" in codes(lint_text(replace(text, telegram="woord " * 91)))
    assert "Z16" not in codes(lint_text(replace(text, telegram="woord " * 90)))
    [said] = [one for one in lint_text(replace(text, telegram="woord " * 91)) if one.code == "Z16"]
    assert said.advice == (
        "De chattekst heeft 91 woorden. Haal er 1 weg, dan past alles op één scherm (hooguit 90)."
    )


def test_what_the_set_asks_of_the_facts_is_advice() -> None:
    text = render_text(a_sheet(), Audience.PARENTS)
    found = lint_text(replace(text, missing=("measures",)))
    assert codes(found) == {"V1"}
    assert not blocking(found)
    assert codes(lint_text(text)) == set()
