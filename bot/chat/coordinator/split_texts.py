"""Dutch of setting reports apart, in the chat."""

SPLIT = "Zet berichten apart"
REPORT, TICKED_REPORT = "☐ {number}", "☑ {number}"
SPLIT_NOW = "Zet apart: {count}"
SPLIT_CHANGED = "Er kwamen of gingen berichten. Kies opnieuw."
NOT_SPLIT = "Niets veranderd: er blijft ten minste één bericht staan."
