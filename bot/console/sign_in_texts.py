"""Dutch words of signing in: the mail with the link, and why an account does not open the door."""

MAIL_SUBJECT = "Uw link om aan te melden bij Schakel"
MAIL_TEXT = """Met deze link meldt u zich aan bij Schakel:

{link}

De link werkt vijf minuten en één keer. Vroeg u er niet om? Dan hoeft u niets te doen.
"""
MAIL_HTML = (
    "<p>Met deze link meldt u zich aan bij Schakel:</p>"
    '<p><a href="{link}">Aanmelden bij Schakel</a></p>'
    "<p>De link werkt vijf minuten en één keer. "
    "Vroeg u er niet om? Dan hoeft u niets te doen.</p>"
)

OTHER_WAY = (
    "Het kan ook met een link. Stuur de bot /console, of vraag op de pagina Aanmelden een link "
    "per e-mail als dat daar staat."
)
NO_OTHER_WAY = (
    "Lukt het niet en is er haast? De beheerder van Schakel kan een link voor u maken die "
    "vijf minuten werkt."
)
#: by :class:`bot.oidc.faults.Fault`, :class:`bot.console.accounts.NotAdmitted`, or what happened
NOT_SIGNED_IN = {
    "lost": (
        "Begin opnieuw met aanmelden",
        "Dit aanmelden duurde te lang, is al gebruikt, of begon op een ander apparaat.",
    ),
    "cancelled": (
        "U bent niet aangemeld",
        "Het aanmelden met uw account is niet afgemaakt. U kunt het opnieuw proberen.",
    ),
    "away": (
        "Uw account is nu niet te bereiken",
        (
            "De aanmeldpagina van uw organisatie geeft geen antwoord. Dit ligt niet aan u. Probeer "
            "het over een paar minuten opnieuw."
        ),
    ),
    "strange": (
        "Aanmelden met uw account lukt nu niet",
        (
            "De aanmeldpagina van uw organisatie en Schakel begrijpen elkaar niet. Dit ligt niet "
            "aan u. Zeg het tegen de beheerder van Schakel."
        ),
    ),
    "token_refused": (
        "Aanmelden met uw account lukt nu niet",
        (
            "Schakel kon niet nagaan of dit antwoord echt van uw organisatie kwam. U bent niet "
            "aangemeld. Probeer het opnieuw; gebeurt het weer, zeg het dan tegen de beheerder van "
            "Schakel."
        ),
    ),
    "code_refused": (
        "Begin opnieuw met aanmelden",
        "Uw organisatie zegt dat dit aanmelden te lang duurde of al is gebruikt.",
    ),
    "no_address": (
        "Uw account heeft geen e-mailadres",
        (
            "Schakel herkent u aan uw e-mailadres. Vraag de beheerder van uw account om dat in te "
            "vullen."
        ),
    ),
    "unverified": (
        "Uw e-mailadres is nog niet nagekeken",
        (
            "Uw organisatie zegt niet dat dit adres echt van u is. Vraag de beheerder van uw "
            "account om het na te kijken."
        ),
    ),
    "unknown": (
        "Schakel kent dit adres niet",
        (
            "Alleen wie op de lijst staat, kan zich aanmelden. Vraag de beheerder van Schakel om u "
            "met dit adres op de lijst te zetten."
        ),
    ),
    "no_right": (
        "U staat op de lijst, maar mag zich niet aanmelden",
        (
            "Aanmelden kan wie coördinator, goedkeurder, duider of beheerder is. Vraag de "
            "beheerder van Schakel om dat recht als u het nodig hebt."
        ),
    ),
}
