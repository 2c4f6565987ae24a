"""Dutch of passkeys."""

NONE_YET = "Goedkeuren gaat hier met een passkey, en u hebt er nog geen. Maak er eerst een."
NOT_PROVED = (
    "De passkey klopte niet, of het duurde te lang. Er is niets verzonden. Probeer het opnieuw."
)
NOT_MADE = "Het maken lukte niet, of het duurde te lang. Probeer het opnieuw."
TOO_MANY = "U hebt al tien passkeys. Verwijder er eerst een."
NAME_OF_PERSON = "Dit lijkt de naam van een persoon. Noem het toestel, bijvoorbeeld: werktelefoon."
NAMELESS = "toestel"
SETTINGS = {
    "nee": "Deze installatie gebruikt geen passkeys.",
    "mag": "Hebt u een passkey, dan vraagt Schakel hem bij elke goedkeuring.",
    "moet": "Goedkeuren kan hier alleen met een passkey.",
}
