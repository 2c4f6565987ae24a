"""Dutch of passkeys."""

NONE_YET = "Goedkeuren gaat hier met een passkey, en u hebt er nog geen. Maak er eerst een."
NOT_PROVED = (
    "De passkey klopte niet, of het duurde te lang. Er is niets verzonden. Probeer het opnieuw."
)
NOT_PROVED_HERE = (
    "De passkey die u al hebt, klopte niet, of het duurde te lang. Er is niets veranderd. Probeer "
    "het opnieuw. Hebt u het toestel niet meer? Vraag de beheerder om uw passkeys weg te halen."
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
#: what its holder hears: subject and sentence
TOLD_ADDED = (
    "Er is een passkey voor u gemaakt",
    (
        "In Schakel is een passkey gemaakt op uw naam. Daarmee kunt u teksten goedkeuren. Deed u "
        "dit niet zelf? Bel dan meteen de beheerder."
    ),
)
TOLD_REMOVED = (
    "Er is een passkey van u verwijderd",
    (
        "In Schakel is een passkey van u verwijderd. Deed u dit niet zelf? Bel dan meteen de "
        "beheerder."
    ),
)
TOLD_TAKEN = (
    "Uw passkeys zijn weggehaald",
    (
        "Een beheerder haalde uw passkeys weg in Schakel. U kunt een nieuwe maken. Vroeg u hier "
        "niet om? Bel dan meteen de beheerder."
    ),
)
