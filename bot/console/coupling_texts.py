"""Dutch of the page Koppelingen."""

KEY_NAMELESS = "Geef het systeem een naam van 2 tot 60 tekens."
KEY_OF_PERSON = (
    "Dit lijkt de naam van een persoon. Noem het systeem, bijvoorbeeld: crisisdashboard."
)
KEY_STATES = {"open": "geldig tot", "expired": "verlopen op", "revoked": "ingetrokken op"}
TOPICS = {"event": "gebeurtenis", "briefing": "briefing", "picture": "beeld"}
