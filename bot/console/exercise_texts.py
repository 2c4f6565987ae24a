"""Dutch of the page Oefenen."""

AND = " en geen "
SIGNAL_WITHOUT_NOTE = "Een signaal uit {domain}"
