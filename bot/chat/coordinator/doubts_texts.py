"""Dutch of what may not have arrived, in the chat."""

from bot.evening.doubts import MOST

FOUND = {
    "doubts": ("1 bericht kwam misschien niet aan", "{count} berichten kwamen misschien niet aan"),
    "stopped": ("1 bericht is gestopt", "{count} berichten zijn gestopt"),
}
AND = ", en "
MANY = f"{MOST} of meer"
LOOK = "Bekijk die berichten"
AGAIN = "Nog een keer: {number}"
SETTLE = "Laat zo: {number}"
AGAIN_ALL = "Alles nog een keer"
SETTLE_ALL = "Laat alles zo"
GO_ON = "Laat doorgaan: {number}"
CALL_OFF = "Zeg af: {number}"
CALL_OFF_SURE = "Zeg af, niemand krijgt het nog"
BACK = "Terug naar de lijst"
GOES_AGAIN = "Gaat opnieuw uit, met (herhaling) erboven."
SETTLED = "Hiervoor gaat niets meer uit."
GOES_ON = "Het verzenden gaat door."
CALLED_OFF = "Afgezegd. Wie het nog niet had, krijgt het niet meer."
CHANGED = "Dit veranderde intussen. De lijst is bijgewerkt."
HELD = "Dit kan niet opnieuw uit: het is gestopt of afgezegd. Kies eerst Laat doorgaan, of Laat zo."


def counted(kind: str, count: int) -> str:
    """How many there are, in words. Pure."""
    one, several = FOUND[kind]
    return one if count == 1 else several.format(count=count if count < MOST else MANY)
