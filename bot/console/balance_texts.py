"""Dutch texts of the page *Balans*."""

#: days → label
PERIODS = {30: "30 dagen", 90: "3 maanden", 365: "een jaar"}
BY_FORM = "Per vorm van spanning"
BY_TYPE = "Per soort gebeurtenis"
BY_THEME = "Per thema"
