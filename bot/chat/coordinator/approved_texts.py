"""Dutch of what became of a version that lay with the approvers, in both faces."""

NOT_CALLED_OFF = "Niet afzeggen"
#: who called it off; empty for the machine
BY_COORDINATOR, BY_APPROVER = " door de coördinator", " door een goedkeurder"
#: how an approved version ended before anybody had it, by :class:`approved.Stand`
ENDED = {
    "called_off": "Afgezegd {at}{by}. Niemand kreeg deze versie, en zij gaat niet meer uit.",
    "voided": "De goedkeuring verviel {at}: er veranderde iets in de feiten of de teksten. Deze "
    "versie gaat niet uit.",
    "withdrawn": "Ingetrokken {at}{by}. Deze versie gaat niet uit.",
}
