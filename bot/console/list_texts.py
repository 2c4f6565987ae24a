"""Dutch of the page Lijsten en sjablonen."""

CONTACTS, REPORTING, HELP = "Voor vragen", "Waar meld ik wat", "Hulplijnen"
DISTRICTS = "wijken"
FAULTS = {
    "no_phone": "te controleren: het nummer ontbreekt",
    "empty": "te controleren: er staat niets in",
    "unchecked": "te controleren",
    "future": "te controleren: de datum ligt in de toekomst",
    "expired": "opnieuw controleren: de datum is voorbij",
}
