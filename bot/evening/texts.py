"""Dutch words of the evening, for both faces."""

TOMORROW = "morgen {clock}"
