"""Tables that a phone can stack and a screen reader can name.

Each cell carries the name of its column. Where the stylesheet stacks a table, a browser no longer
sees one: the roles say that it is. A table without a caption is called as the box around it is, or
else as the heading before it.
"""

from __future__ import annotations

import re

#: what stays side by side on a phone
FEW_COLUMNS = 2
_TABLE = re.compile(r'<table class="(utrecht-table[^"]*)">(.*?)</table>', re.DOTALL)
_HEAD = re.compile(r"<thead.*?</thead>", re.DOTALL)
_BOX = re.compile(r'aria-label="([^"]*)">\s*\Z')
_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_HIDDEN = re.compile(r'<span class="verborgen">.*?</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PART = re.compile(r"<(thead|tbody|tr|th|td)\b([^>]*)>")
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
#: so far back a box around a table can begin
_NEAR = 400
#: a bar between its words and its number fits on a phone as it is
_BAR = 'class="balkvak"'


def stackable(html: str) -> str:
    """The page, each table with a name and, with more than two columns, ready to be stacked."""
    return _TABLE.sub(_stackable, html)


def _stackable(table: re.Match[str]) -> str:
    looks, inside = table.groups()
    name = "" if inside.lstrip().startswith("<caption") else _called(table.string, table.start())
    label = f' aria-label="{name}"' if name else ""
    head = _HEAD.search(inside)
    names = [_plain(name) for name in _HEADING.findall(head[0])] if head else []
    if len(names) <= FEW_COLUMNS or _BAR in inside:
        return f'<table class="{looks}"{label}>{inside}</table>'
    column = -1

    def named(part: re.Match[str]) -> str:
        nonlocal column
        tag, attributes = part.groups()
        if tag not in {"th", "td"}:
            column = -1
            return f'<{tag}{attributes} role="{_ROLES[tag]}">'
        column += 1
        if tag == "th":
            role = "rowheader" if 'scope="row"' in attributes else "columnheader"
            return f'<th{attributes} role="{role}">'
        name = names[column] if column < len(names) else ""
        kop = f' data-kop="{name}"' if name else ""
        return f'<td{attributes} role="cell"{kop}>'

    stacked = _PART.sub(named, inside)
    return f'<table class="{looks} stapelt" role="table"{label}>{stacked}</table>'


def _called(html: str, start: int) -> str:
    """What the table that begins here is about; nothing where nothing says so."""
    if box := _BOX.search(html[max(0, start - _NEAR) : start]):
        return box[1]
    end = html.rfind("</h", 0, start)
    begin = html.rfind("<h", 0, end)
    return _plain(html[html.index(">", begin) + 1 : end]) if 0 <= begin < end else ""


def _plain(heading: str) -> str:
    """The words of a heading that are seen, without a quote that would end an attribute."""
    return " ".join(_TAG.sub("", _HIDDEN.sub("", heading)).split()).replace('"', "&#34;")
