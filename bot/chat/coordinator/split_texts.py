"""Dutch of setting reports apart, in the chat."""

SPLIT = "Zet berichten apart"
REPORT, TICKED_REPORT = "☐ {number}", "☑ {number}"
SPLIT_NOW = "Zet apart: {count}"
SPLIT_CHANGED = "Er kwamen of gingen berichten. Kies opnieuw."
NOT_SPLIT = "Niets veranderd: er blijft ten minste één bericht staan."
#: after it, in a toast
SPLIT_RINGS = "Deze melding gaat nu uit, zoals elke melding."
SPLIT_WAITS = "Hier gaat nu geen bericht over uit. Op Vandaag staat zij tot iemand beslist."
