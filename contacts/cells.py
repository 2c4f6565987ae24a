"""What stands in one cell of a list, on its way in and on its way out. Pure.

Names come from people whom nobody knows yet, and go to a spreadsheet on the desk of somebody
who may do much. So they are cleaned where they come in, and guarded once more where they go out:
what came in before a rule was made is still there.
"""

from __future__ import annotations

import re
import unicodedata

#: what a spreadsheet would run as a formula, also behind the quote of :func:`guarded`
_FORMULA = re.compile(r"(?:'(?=[=+\-@])|[=+\-@ ])+")
_QUOTED_PHONE = re.compile(r"'?(\+[0-9][0-9 ()./-]*)\Z")
#: control characters and half characters: XML, and so a spreadsheet, cannot hold them
_UNWRITABLE = frozenset({"Cc", "Cs"})
_NO_CHARACTERS = frozenset("\ufffe\uffff")


def clean(cell: str) -> str:
    """One line of what can be written, and nothing that a spreadsheet would run."""
    plain = " ".join(writable(cell).split())
    phone = _QUOTED_PHONE.match(plain)
    if phone:
        return phone[1]
    begin = _FORMULA.match(plain)
    return plain[begin.end() :] if begin else plain


def writable(text: str) -> str:
    """Without the characters that a file cannot hold; one that parted words becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign if _can_be_written(sign) else " " if sign.isspace() else "" for sign in text
    )


def _can_be_written(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNWRITABLE and sign not in _NO_CHARACTERS


def guarded(cell: str) -> str:
    """For a CSV: a quote keeps text what a spreadsheet would take for a sum; :func:`clean` takes
    it off again. A telephone number is no sum, and is called as it stands."""
    plain = writable(cell)
    runs = plain[:1] in ("=", "+", "-", "@")
    return f"'{plain}" if runs and not _QUOTED_PHONE.match(plain) else plain
