"""Dutch words of the overleg in the chat."""

NOTHING = "Er staat geen overleg gepland."
WHEN = "{when}, {minutes} minuten, bij {host}{place}."
SAID = {"ja": "U zei: wij komen.", "nee": "U zei: wij komen niet."}
NOT_SAID = "U zei nog niet of u komt."
COUNTS = "Komen: {yes}. Komen niet: {no}. Nog geen antwoord: {open}. Geteld per organisatie."
WHO_CAME = "Wie was er? ({day})"
WHO_TITLE = "Welke organisaties waren er?"
WHO_HOW = (
    "Tik op een organisatie die er was; nog een tik haalt haar weg. Wie er voor een organisatie "
    "was, bewaart Schakel niet. Staat een organisatie er niet bij, dan kan het op de pagina."
)
TOAST = {"ja": "Genoteerd: wij komen.", "nee": "Genoteerd: wij komen niet."}
OVER = "Dit overleg is veranderd of voorbij. Typ /overleg voor hoe het nu staat."
PREVIOUS, NEXT = "Vorige", "Volgende"
