"""Dutch of the page Oefenen."""

SIGNAL_WITHOUT_NOTE = "Een signaal uit {domain}"
