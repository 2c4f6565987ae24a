"""What says that it happened again is told from what goes on about the time before."""

from __future__ import annotations

import pytest

from feeds.beginning import begins_anew


@pytest.mark.parametrize(
    "title",
    [
        "Weer explosie in Arnhem", "Tweede explosie in Arnhem, gewonden",
        "Tweede steekpartij in korte tijd", "Derde schietpartij in Arnhem", "Weer twee autobranden",
        "Opnieuw in Arnhem een steekpartij", "Turkije opnieuw getroffen door zware aardbeving",
        "Nieuwe zware aardbeving in Turkije", "Nog een explosie bij huis", "Weer man neergestoken",
        "Weer raak: woning in Klarendal beschadigd", "Opnieuw 'explosie' in Malburgen",
    ],
)  # fmt: skip
def test_another_one_begins_anew(title: str) -> None:
    assert begins_anew(title)


@pytest.mark.parametrize(
    "title",
    [
        "Nieuwe beelden van steekpartij in Arnhem", "Steekpartij in Arnhem: nieuwe beelden",
        "Straat in Arnhem na explosie weer open", "Verdachte steekpartij weer vrij",
        "Tweede verdachte steekpartij opgepakt", "Tweede slachtoffer explosie overleden",
        "Opnieuw aanhouding na steekpartij", "Weer onrust na rellen", "Tweede nacht rellen",
        "Tweede brandweerman gewond", "Explosie in Arnhem", "Weg weer open, explosie bij huis",
    ],
)  # fmt: skip
def test_what_tells_more_of_the_first_does_not(title: str) -> None:
    assert not begins_anew(title)
