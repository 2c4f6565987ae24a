"""What the machine makes of a headline, and why; names never come through."""

from __future__ import annotations

from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.districts import districts
from feeds.lexicon import default_sources, load_lexicon, mask_names
from feeds.matching import Matcher, PatternError, fold, words_of, words_of_item
from feeds.places import Proximity
from feeds.relevance import Judgement, is_roundup, score_item
from feeds.standing import Trust

LEXICON = load_lexicon()


def judge(title: str, lead: str = "", trust: Trust = Trust.REGIONAL) -> Judgement:
    return score_item(title, lead, trust=trust, lexicon=LEXICON)


def matches(term: str, text: str) -> bool:
    return bool(Matcher([("t", term)]).find(words_of(text)))


@pytest.mark.parametrize(
    ("title", "types", "proximity", "severity"),
    [
        ("Koerden demonstreren in Arnhem tegen Turkse inval", {"E07", "E14"}, "P1", 3),
        ("Dreigmail aan basisschool blijkt afkomstig van minderjarige Arnhemmer", {"E10"}, "P1", 4),
        ("Burgemeester Arnhem verbiedt koranverbranding uit angst voor ongeregeldheden",
         {"E07", "E08"}, "P1", 4),
        ("Explosie bij voordeur woning Spijkerlaan", {"E09"}, "P0", 2),
        ("Zeven terreurverdachten aangehouden in Arnhem en Weert", {"E01"}, "P1", 4),
        ("Gewonden bij schietpartij in tram Utrecht, dader voortvluchtig", {"E03"}, "P3", 4),
        ("Dreigingsniveau in provincie Utrecht naar 5", {"E19"}, "P3", 4),
        ("Aanslagen op twee moskeeën in Christchurch: 49 doden", {"E02", "E05"}, "P4", 3),
        ("Militairen plegen couppoging in Turkije", {"E14"}, "P4", 3),
        ("Israël voert bombardementen uit op Gaza", {"E14"}, "P4", 1),
        ("Man uit Huissen aangehouden op verdenking van voorbereiden aanslag", {"E01"}, "P2", 4),
        ("Prijsstijging is aanslag op de portemonnee van Arnhemmers", set(), "P1", 0),
        ("Hulpdiensten oefenen terreuraanslag in GelreDome", {"E02"}, "P0", 1),
        ("Herdenking Slag om Arnhem", set(), "P1", 1),
        ("Gerechtshof Arnhem-Leeuwarden: 12 jaar cel voor doodslag in Almelo", {"E04"},
         "onbekend", 0),
        ("Vliegtuigbom gevonden in Schuytgraaf", set(), "P0", 0),
        ("Turkse spits beslist duel met aanval", {"E14"}, "P4", 0),
    ],
)  # fmt: skip
def test_the_headlines_of_the_lexicon(
    title: str, types: set[str], proximity: str, severity: int
) -> None:
    found = judge(title)
    assert found.severity == severity
    assert set(found.types) == types
    assert found.place.proximity == proximity


@pytest.mark.parametrize(
    "title",
    [
        "Zeven terreurverdachten aangehouden in Arnhem en Weert",
        "Hulpdiensten oefenen terreuraanslag in GelreDome",
        "Aanslagen op twee moskeeën in Christchurch: 49 doden",
        "Bibliotheek verlengt de openingstijden",
    ],
)
def test_every_judgement_gives_its_reasons_and_they_add_up(title: str) -> None:
    found = judge(title)
    points = sum(reason.weight for reason in found.reasons)
    assert found.severity == max(0, min(4, floor(round(points, 2))))


def test_the_reasons_say_what_was_seen_in_which_words() -> None:
    found = judge("Zeven terreurverdachten aangehouden in Arnhem en Weert")
    texts = [reason.text for reason in found.reasons]
    assert "Arnhem genoemd: “Arnhem”" in texts
    assert "terreur of extremisme: “terreurverdachten”" in texts


def test_a_district_is_named_with_its_code() -> None:
    found = judge("Explosie bij woning in Presikhaaf", "Het gebeurde vannacht.")
    assert (found.place.name, found.place.district) == ("Presikhaaf, Arnhem", "WK020204")


def test_the_lead_may_give_the_place() -> None:
    found = judge("Explosie bij woning", "De politie onderzoekt een explosie in Klarendal.")
    assert found.place.proximity is Proximity.SPOT


def test_a_house_of_worship_is_never_named_as_the_place() -> None:
    assert judge("Brandstichting bij Ayasofya-moskee in Arnhem").place.name == "Arnhem"


@pytest.mark.parametrize(
    ("title", "proximity"),
    [
        ("Gewonden bij steekpartij bij winkelcentrum Kronenburg", Proximity.SPOT),
        ("Steekpartij in Vredenburg", Proximity.UNKNOWN),
        ("Steekpartij in Vredenburg, politie Arnhem zoekt getuigen", Proximity.SPOT),
        ("Rechtbank Arnhem veroordeelt man voor steekpartij", Proximity.UNKNOWN),
        ("Dieren gered bij steekpartij", Proximity.UNKNOWN),
        ("Steekpartij in Dieren", Proximity.NEIGHBOUR),
        ("Man zetten ze vast na steekpartij", Proximity.UNKNOWN),
        ("Steekpartij in Nijmegen", Proximity.REGION),
        ("Steekpartij in Rotterdam", Proximity.ELSEWHERE),
        ("Steekpartij in Texas", Proximity.ABROAD),
        ("Steekpartij in Parijs", Proximity.ABROAD_TOUCHING),
    ],
)
def test_places(title: str, proximity: Proximity) -> None:
    assert judge(title).place.proximity is proximity


def test_an_arrest_that_prevented_an_attack_is_no_attack() -> None:
    found = judge("Man in Arnhem opgepakt voor beramen van aanslag")
    assert "E01" in found.types
    assert "E02" not in found.types


def test_an_official_source_near_by_is_taken_seriously() -> None:
    title = "Schietincident in Arnhem, één persoon aangehouden"
    assert judge(title, trust=Trust.OFFICIAL).severity >= 3


def test_the_machine_never_gives_five() -> None:
    title = "Aanslag moskee Arnhem: tientallen doden en gewonden, kinderen, dader voortvluchtig"
    assert judge(title, trust=Trust.OFFICIAL).severity == 4


def test_a_community_word_alone_means_nothing() -> None:
    for word in ("moslims", "Koerden", "Joodse", "Marokkaanse", "Turkse Nederlanders"):
        assert judge(f"{word} in Arnhem vieren feest").severity == 0


def test_a_long_war_has_such_news_every_day_but_a_shock_counts() -> None:
    assert judge("Doden en gewonden bij Russische aanval op stad in Oekraïne").severity < 2
    assert judge("Rusland begint grootschalige invasie van Oekraïne, oorlog").severity >= 2


@pytest.mark.parametrize(
    "title",
    [
        "112-nieuws: scooter in brand • auto te water",
        "LIVE | Beurzen lager",
        "Liveblog: rellen in de stad",
        "Auto over de kop in het dorp | Brug weer kapot in de stad",
        "Kort: brand, inbraak en een steekpartij",
    ],
)
def test_round_ups_are_known_by_their_title(title: str) -> None:
    assert is_roundup(title, LEXICON)


@pytest.mark.parametrize("title", ["Kort geding om demonstratie", "Live muziek in Arnhem", "112"])
def test_ordinary_titles_are_no_round_ups(title: str) -> None:
    assert not is_roundup(title, LEXICON)


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(Trust))
def test_any_text_gets_a_judgement(title: str, lead: str, trust: Trust) -> None:
    found = judge(title, lead, trust)
    assert 0 <= found.severity <= 4
    assert found.reasons


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("rel", "Een rel in de stad", True),
        ("rel", "Relatie verbroken", False),
        ("terreurverdachte*", "Terreur-verdachten vrij", True),
        ("nl alert*", "NL-Alert verstuurd", True),
        ("*moskee", "Ayasofyamoskee", True),
        ("*bom*", "Vuurwerkbommen", True),
        ("noodverordening*", "NOODVERORDENINGEN", True),
        ("moskeeen", "twee moskeeën", True),
        ("burgers zoo", "Burgers’ Zoo", True),
        ("aangehouden ~3 aanslag*", "aanslagplan: drie man aangehouden", True),
        ("aangehouden ~2 aanslag*", "aanslagplan: drie man aangehouden", False),
        ("om eist", "Het OM eist straf", True),
        ("^velp", "Brand in Velp", True),
        ("^velp", "Velp: brand", False),
        ("^velp", "een velp", False),
    ],
)
def test_the_search_language(term: str, text: str, found: bool) -> None:
    assert matches(term, text) is found


def test_no_phrase_runs_from_the_title_into_the_lead() -> None:
    words = words_of_item("Politie eist", "rust in de wijk")
    assert not Matcher([("t", "eist rust"), ("t", "eist ~8 rust")]).find(words)


@pytest.mark.parametrize("term", ["", "*", "a ~x b", " ~4 "])
def test_a_term_that_cannot_be_read_is_an_error(term: str) -> None:
    with pytest.raises(PatternError):
        Matcher([("t", term)])


@given(st.from_regex(r"[a-zA-Zé]{1,12}", fullmatch=True))
def test_a_word_matches_itself_however_it_is_written(word: str) -> None:
    assert matches(fold(word), word.upper())
    assert matches(f"{fold(word)}*", f"{word}en")


def test_the_lexicon_refers_only_to_itself() -> None:
    rules, types = LEXICON.rules, LEXICON.types
    assert {rules.voorkomen.soort, rules.voorkomen.onderdrukt} <= set(types)
    assert set(rules.themas_buitenland) <= set(LEXICON.themes)
    assert {f"plaats:{proximity}" for proximity in Proximity} <= set(LEXICON.feature_names)
    for choices in dict(LEXICON.pairs).values():
        assert {name for choice in choices for name in choice} <= set(LEXICON.feature_names)
    assert set(LEXICON.weights.gewicht) <= set(LEXICON.feature_names)
    assert "E20" not in types, "sexual offences with children have a protocol of their own"


def test_there_are_24_districts_and_the_unchecked_are_marked() -> None:
    assert len(districts()) == 24
    assert districts()[0] == ("WK020201", "Centrum")
    wijken = LEXICON.gazetteer.wijken
    assert {one.naam for one in wijken if one.naam_te_controleren} == {"Geitenkamp", "Elden"}


def test_no_default_source_claims_to_be_checked() -> None:
    sources = default_sources()
    assert all(source.te_controleren for source in sources)
    assert len({source.key for source in sources}) == len(sources)
    assert {source.soort for source in sources} == set(Trust)


@pytest.mark.parametrize(
    ("title", "masked"),
    [
        ("Verdachte Harmen T. blijft vast", "Verdachte [naam] blijft vast"),
        ("Joris de Bakkerman wint", "[naam] wint"),
        ("Onderzoek naar Wilma van den Heuvelink in Arnhem", "Onderzoek naar [naam] in Arnhem"),
        ("Vrouw doodgestoken, J. de Voorbeeld opgepakt", "Vrouw doodgestoken, [naam] opgepakt"),
        ("Joris (23) vermist", "[naam] (23) vermist"),
        ("Burgemeester Femke Testman over onrust", "Burgemeester [naam] over onrust"),
    ],
)
def test_names_in_titles_are_masked(title: str, masked: str) -> None:
    assert mask_names(title) == masked


@pytest.mark.parametrize(
    "title",
    [
        "Drie mensen aangehouden in Arnhem, verdacht van voorbereiden aanslag",
        "Schietpartij in Den Haag",
        "Tweede Kamer over Erasmus MC",
        "Rode Kruis opent rekening",
        "Explosie bij Arnhem Centraal",
        "Onrust na berichten over een schok ver weg",
        "ME ingezet in Arnhem-Zuid",
        "Turkije en Syrië getroffen door aardbeving",
    ],
)
def test_titles_without_names_stay_as_they_are(title: str) -> None:
    assert mask_names(title) == title


@given(st.text(max_size=200))
def test_masking_is_done_after_once(title: str) -> None:
    assert mask_names(mask_names(title)) == mask_names(title)


@pytest.mark.parametrize(
    ("title", "masked"),
    [
        (
            "Drie mensen aangehouden, onder wie Piet Jansen",
            "Drie mensen aangehouden, onder wie [naam]",
        ),
        ("Verdachte Sven de Vries (23) vast", "Verdachte [naam] (23) vast"),
        ("Intocht met Zwarte Piet in Arnhem", "Intocht met Zwarte Piet in Arnhem"),
    ],
)
def test_a_first_name_with_a_family_name_is_always_masked(title: str, masked: str) -> None:
    assert mask_names(title) == masked
