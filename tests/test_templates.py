"""All sets of templates: complete, within their measures, and a city may have its own words."""

from __future__ import annotations

import difflib
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.cli.briefing_tables import score_page
from briefings import moments
from briefings.event_kinds import event_kinds
from briefings.examples import example_sheet
from briefings.library import GENERAL, KINDS, TEMPLATES, Moment, library
from briefings.lint import lint_text
from briefings.lint_rules import lint_rules
from briefings.plaintext import chat_length, chat_words, read_blocks, to_plain
from briefings.proofing import NEEDED, Proof, proof_all, proof_set
from briefings.render import Form, Rendered, render_text
from contacts.directory import Audience
from contacts.local_time import AMSTERDAM
from feeds.lexicon import load_lexicon
from tests.briefings_cast import SETTINGS

GOLDEN = Path(__file__).parent / "golden" / "soorten"
SETS = library().sets()
#: words that give away where somebody comes from or what they believe
ORIGIN = ("moslim", "islam", "jood", "christen", "turk", "marokka", "syri", "koerd", "asielz")


@pytest.fixture(scope="module")
def proofs() -> dict[str, Proof]:
    return {proof.templates: proof for proof in proof_all(SETTINGS)}


def proper(text: Rendered) -> str:
    """The text without the parts that are the same for everyone."""
    return to_plain([block for block in read_blocks(text.html) if not block.standard])


def test_every_type_of_the_lexicon_has_a_set_of_its_own() -> None:
    kinds = event_kinds()
    assert set(load_lexicon().types) <= set(kinds)
    used = [kind.templates for kind in kinds.values()]
    assert len(used) == len(set(used))
    assert set(used) == set(SETS)


def test_the_sets_form_eight_families() -> None:
    families = {library().set_meta(name).family for name in SETS if name != GENERAL}
    assert families == {path.name for path in (TEMPLATES / "families").iterdir()}
    assert len(families) == 8


@pytest.mark.parametrize("name", SETS)
def test_a_set_passes_its_own_check_in_every_form(name: str, proofs: dict[str, Proof]) -> None:
    proof = proofs[name]
    assert (proof.findings, proof.gaps) == ((), ())
    assert set(proof.scores) == set(Audience)


@pytest.mark.parametrize("name", SETS)
def test_every_text_reads_easily_and_fits_a_phone(name: str, proofs: dict[str, Proof]) -> None:
    limits = lint_rules().limits
    for audience, (text, score) in proofs[name].scores.items():
        parents = audience is Audience.PARENTS
        assert score.flesch >= (limits.flesch_parents if parents else limits.flesch)
        assert score.mean <= limits.mean_sentence_words
        assert score.longest <= limits.max_sentence_words
        assert chat_words(text.telegram) <= limits.chat_words
        assert chat_length(text.telegram) <= limits.chat_chars_hard
        assert len(text.subject) <= limits.subject_chars


@pytest.mark.parametrize("name", SETS)
def test_parents_never_read_a_word_about_origin_or_faith(name: str) -> None:
    text = render_text(example_sheet(name, SETTINGS), Audience.PARENTS)
    said = f"{text.plain} {text.telegram}".lower()
    assert not [word for word in ORIGIN if word in said]


@pytest.mark.parametrize("name", SETS)
def test_no_subject_or_title_labels_people(name: str) -> None:
    text = render_text(example_sheet(name, SETTINGS), Audience.TEACHER_VO_MBO)
    said = f"{text.subject} {text.plain.splitlines()[0]}".lower()
    assert not [word for word in ("radical", "terror", "terreur", "extrem", "haat") if word in said]


@pytest.mark.parametrize("name", SETS)
def test_the_texts_are_as_they_were_read(name: str, pytestconfig: pytest.Config) -> None:
    """One file per set; a minimal fact block is shown by what it changes."""
    parts = []
    for audience in Audience:
        rich, small = (
            render_text(example_sheet(name, SETTINGS, rich=rich), audience)
            for rich in (True, False)
        )
        changed = difflib.unified_diff(
            proper(rich).splitlines(), proper(small).splitlines(), lineterm="", n=0
        )
        changes = [line for line in changed if not line.startswith(("---", "+++", "@@"))]
        parts += [
            f"##### {audience}", rich.subject, "", "=== chat", rich.telegram, "",
            "=== chat, weinig feiten", small.telegram, "", "=== hele tekst", proper(rich),
            "=== wat er verandert met weinig feiten", *changes, "",
        ]  # fmt: skip
    place, said = GOLDEN / f"{name}.txt", "\n".join(parts)
    if pytestconfig.getoption("--update-golden"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(said, "utf-8")
    assert said == place.read_text("utf-8")


def test_a_death_told_with_care_gives_no_cause_and_the_short_one_no_hint() -> None:
    for audience in Audience:
        full = render_text(example_sheet("zelfdoding", SETTINGS), audience)
        first = render_text(example_sheet("zelfdoding", SETTINGS, Form.HOLDING), audience)
        # The help line keeps its name in the list of help, which is the same for everyone.
        said = f"{full.subject} {proper(full)} {full.telegram}".lower()
        assert "zelfmoord" not in said
        assert "113" in said
        short = f"{first.subject} {proper(first)} {first.telegram}".lower()
        assert not [word for word in ("113", "zelf", "schuld", "doodgaan") if word in short]


def test_a_person_may_choose_it_and_a_machine_never_does() -> None:
    lexicon = load_lexicon()
    assert "E11Z" in lexicon.event_types
    assert "E11Z" not in lexicon.types


def own_words(folder: Path, file: str, text: str) -> None:
    place = folder / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def test_a_city_changes_one_sentence_and_keeps_the_rest(tmp_path: Path) -> None:
    own_words(tmp_path, "soorten/aanslag/tekst.toml", '[ouders]\nzin = "Onze eigen zin."\n')
    settings = SETTINGS.model_copy(update={"templates_dir": tmp_path})
    ours = render_text(example_sheet("aanslag", SETTINGS), Audience.PARENTS)
    theirs = render_text(example_sheet("aanslag", settings), Audience.PARENTS)
    assert "“Onze eigen zin.”" in theirs.telegram
    assert "“Onze eigen zin.”" not in ours.telegram
    assert theirs.plain == ours.plain


def test_a_city_replaces_a_layout_and_a_shared_part(tmp_path: Path) -> None:
    own_words(tmp_path, "algemeen/ouders.chat.j2", "Bel de school. {{ deel.zin }}")
    own_words(tmp_path, "gedeeld/voettekst.j2", "<footer><p>Groet van de stad.</p></footer>")
    settings = SETTINGS.model_copy(update={"templates_dir": tmp_path})
    text = render_text(example_sheet("explosie", settings), Audience.PARENTS)
    assert text.telegram.startswith("Bel de school. ")
    assert text.plain.rstrip().endswith("Groet van de stad.")


def test_a_city_adds_a_set_for_a_type_of_its_own(tmp_path: Path) -> None:
    meta = (TEMPLATES / KINDS / "explosie" / "meta.toml").read_text("utf-8")
    example = (TEMPLATES / KINDS / "explosie" / "voorbeeld.toml").read_text("utf-8")
    own_words(tmp_path, "soorten/hoogwater/meta.toml", meta)
    own_words(tmp_path, "soorten/hoogwater/voorbeeld.toml", example)
    settings = SETTINGS.model_copy(update={"templates_dir": tmp_path})
    assert "hoogwater" in library(tmp_path).sets()
    assert proof_set("hoogwater", settings).is_good


@pytest.mark.parametrize(
    "mistake",
    ['[ouders]\nzinn = "Een typefout."\n', '[oders]\nzin = "Een typefout."\n'],
)
def test_a_typing_error_in_an_own_file_is_found(tmp_path: Path, mistake: str) -> None:
    own_words(tmp_path, "soorten/aanslag/tekst.toml", mistake)
    settings = SETTINGS.model_copy(update={"templates_dir": tmp_path})
    proof = proof_set("aanslag", settings)
    assert not proof.is_good
    assert proof.gaps


@pytest.mark.parametrize("audience", Audience)
def test_a_text_without_its_words_is_a_gap(tmp_path: Path, audience: Audience) -> None:
    emptied = "\n".join(
        f"{field} = {'[]' if field in {'doen', 'niet', 'verwacht', 'vragen'} else repr('')}"
        for field in NEEDED[audience]
        if field in {"doen", "kort"}
    )
    own_words(tmp_path, "soorten/aanslag/tekst.toml", f"[{audience}]\n{emptied}\n")
    settings = SETTINGS.model_copy(update={"templates_dir": tmp_path})
    assert f"{audience}.doen" in proof_set("aanslag", settings).gaps


def test_a_set_says_what_it_misses_in_the_fact_block() -> None:
    small = render_text(example_sheet("schooldreiging", SETTINGS, rich=False), Audience.PARENTS)
    full = render_text(example_sheet("schooldreiging", SETTINGS), Audience.PARENTS)
    assert [r.code for r in lint_text(small) if r.code == "V1"] == ["V1"]
    assert not [r for r in lint_text(full) if r.code == "V1"]


@pytest.mark.parametrize(
    ("clock", "moment", "named"),
    [
        ("2026-03-03T18:05", Moment.SCHOOL, "morgen"),
        ("2026-03-03T07:10", Moment.SCHOOL, "vandaag"),
        ("2026-03-03T23:10", Moment.NIGHT, "morgen"),
        ("2026-03-04T02:00", Moment.NIGHT, "vandaag"),
        ("2026-03-06T18:05", Moment.WEEKEND, "maandag 9 maart"),
        ("2026-03-08T20:00", Moment.SCHOOL, "morgen"),
        ("2026-12-24T20:00", Moment.WEEKEND, "maandag 28 december"),
        ("2026-02-13T20:00", Moment.HOLIDAY, "maandag 23 februari"),
        ("2026-02-18T20:00", Moment.HOLIDAY, "maandag 23 februari"),
    ],
)
def test_the_moment_follows_the_calendar_of_schools(clock: str, moment: Moment, named: str) -> None:
    holidays = [(date(2026, 2, 14), date(2026, 2, 22))]
    settings = SETTINGS.model_copy(update={"school_holidays": holidays})
    now = datetime.fromisoformat(clock).replace(tzinfo=AMSTERDAM)
    assert moments.school_moment(settings, now=now) == (moment, named)


@pytest.mark.parametrize("moment", [Moment.NIGHT, Moment.WEEKEND, Moment.HOLIDAY])
@pytest.mark.parametrize("audience", Audience)
def test_every_reader_is_told_what_an_odd_moment_changes(
    moment: Moment, audience: Audience
) -> None:
    usual = render_text(example_sheet("aanslag", SETTINGS), audience)
    odd = render_text(example_sheet("aanslag", SETTINGS, moment=moment), audience)
    assert odd.plain != usual.plain


def test_the_page_shows_the_scores_of_today(proofs: dict[str, Proof]) -> None:
    page = (Path(__file__).parents[1] / "docs" / "briefings.md").read_text("utf-8")
    assert score_page(list(proofs.values())) in page


def test_the_page_names_every_family_and_type() -> None:
    page = (Path(__file__).parents[1] / "docs" / "briefings.md").read_text("utf-8")
    drawn = page.partition("## Acht families")[2].partition("## Wat er in")[0]
    for code, kind in event_kinds().items():
        if code != GENERAL:
            family = library().set_meta(kind.templates).family
            after = drawn.partition(f"\n{family} ")[2]
            assert code in after.partition("\n\n")[0], code
