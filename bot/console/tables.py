"""Tables that a phone can stack: each cell carries the name of its column.

Where the stylesheet stacks them, a browser no longer sees a table: the roles say that it is one.
"""

from __future__ import annotations

import re

#: what stays side by side on a phone
FEW_COLUMNS = 2
_TABLE = re.compile(r'<table class="(utrecht-table[^"]*)">(.*?)</table>', re.DOTALL)
_HEAD = re.compile(r"<thead.*?</thead>", re.DOTALL)
_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_HIDDEN = re.compile(r'<span class="verborgen">.*?</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PART = re.compile(r"<(thead|tbody|tr|th|td)\b([^>]*)>")
_ROLES = {"thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
#: a bar between its words and its number fits on a phone as it is
_BAR = 'class="balkvak"'


def stackable(html: str) -> str:
    """The page, with every table of more than two columns ready to be stacked."""
    return _TABLE.sub(_stackable, html)


def _stackable(table: re.Match[str]) -> str:
    looks, inside = table.groups()
    head = _HEAD.search(inside)
    names = [_plain(name) for name in _HEADING.findall(head[0])] if head else []
    if len(names) <= FEW_COLUMNS or _BAR in inside:
        return table[0]
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

    return f'<table class="{looks} stapelt" role="table">{_PART.sub(named, inside)}</table>'


def _plain(heading: str) -> str:
    """The words of a heading that are seen, without a quote that would end an attribute."""
    return " ".join(_TAG.sub("", _HIDDEN.sub("", heading)).split()).replace('"', "&#34;")
