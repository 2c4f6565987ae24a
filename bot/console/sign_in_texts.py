"""Dutch words of the mail with the link to sign in."""

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
