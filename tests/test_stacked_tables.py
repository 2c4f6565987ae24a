"""Tables that a phone stacks: which ones, and what each cell is called."""

from __future__ import annotations

from bot.console.tables import stackable

CLASS = "utrecht-table utrecht-table--html-table"
HEAD = (
    '<thead><tr><th scope="col">Wie</th><th scope="col" class="getal">Ver<br>zonden</th>'
    '<th scope="col"><span class="verborgen">Doen</span></th></tr></thead>'
)
ROWS = (
    '<tbody><tr><th scope="row">School</th><td class="getal">3</td><td><button>Weg</button></td>'
    '</tr><tr class="som"><th scope="row">Alles</th><td class="getal">4</td><td></td></tr></tbody>'
)


def table(inside: str, *, more: str = "") -> str:
    return f'<p>Voor</p><table class="{CLASS}{more}">{inside}</table><p>Na</p>'


def test_each_cell_carries_the_name_of_its_own_column_in_every_row() -> None:
    made = stackable(table(HEAD + ROWS))
    assert f'<table class="{CLASS} stapelt" role="table">' in made
    assert made.count('data-kop="Verzonden"') == 2
    assert '<td class="getal" role="cell" data-kop="Verzonden">4</td>' in made
    assert made.count('role="rowheader"') == 2
    assert made.count('role="columnheader"') == 3
    assert made.count('role="row"') == 3
    assert made.count('role="rowgroup"') == 2


def test_a_column_whose_name_nobody_sees_gets_no_name_on_a_phone() -> None:
    assert "Doen" not in stackable(table(HEAD + ROWS)).replace(HEAD, "").split("<tbody")[1]


def test_two_columns_and_bars_stay_side_by_side() -> None:
    two = table(
        '<thead><tr><th scope="col">Wie</th><th scope="col">Wat</th></tr></thead>'
        '<tbody><tr><th scope="row">a</th><td>b</td></tr></tbody>'
    )
    bars = table(HEAD + ROWS.replace('<td class="getal">', '<td class="balkvak">'))
    assert stackable(two) == two
    assert stackable(bars) == bars


def test_a_heading_with_a_quote_stays_inside_its_attribute_and_the_page_around_is_kept() -> None:
    made = stackable(table(HEAD.replace("Ver<br>zonden", 'De "lijst" &amp; meer') + ROWS))
    assert 'data-kop="De &#34;lijst&#34; &amp; meer"' in made
    assert made.startswith("<p>Voor</p>")
    assert made.endswith("</table><p>Na</p>")


def test_two_tables_on_one_page_keep_their_own_names() -> None:
    made = stackable(table(HEAD + ROWS) + table(HEAD.replace("Ver<br>zonden", "Gelezen") + ROWS))
    assert made.count('data-kop="Verzonden"') == made.count('data-kop="Gelezen"') == 2


def test_a_table_without_a_caption_is_called_as_its_box_or_else_as_the_heading_before_it() -> None:
    few = table(HEAD.replace('<th scope="col"><span class="verborgen">Doen</span></th>', ""))
    box = '<h2 id="a">Wie</h2><div class="tabelvak" role="region" aria-label="Wie had het">\n'
    for one in (table(HEAD + ROWS), few):
        bare = one.removeprefix("<p>Voor</p>")
        assert 'aria-label="Wie had het"' in stackable(box + bare).partition("<table")[2]
        headed = stackable(f'<h1>Blad</h1><h2 id="b">De <b>"lijst"</b></h2><p>Kort.</p>{bare}')
        assert 'aria-label="De &#34;lijst&#34;"' in headed
        titled = bare.replace("<thead>", "<caption>Namen</caption><thead>", 1)
        assert "aria-label" not in stackable(f"<h2>Wie</h2>{titled}")
