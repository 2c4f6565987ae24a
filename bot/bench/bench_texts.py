"""Dutch of the measuring: what it asks and says, and the made-up names it fills a store with."""

HELP_BENCH = "Meet hoe snel Schakel is op deze computer."
HELP_CONSOLE = (
    "Vul een tijdelijke opslag, laat medewerkers door het kantoor lopen en meet elke pagina."
)
HELP_SECONDS = "zoveel seconden rondlopen"
HELP_CONTACTS = "zoveel contacten"
HELP_EVENTS = "zoveel gebeurtenissen"
HELP_DELIVERIES = "zoveel bezorgingen"
HELP_USERS = "zoveel medewerkers tegelijk"
HELP_STREAMS = "zoveel open pagina's tegelijk"

FILLING = "Opslag vullen: {contacts} contacten, {events} gebeurtenissen, {deliveries} bezorgingen …"
STARTING = "Webserver starten …"
WALKING = "{users} medewerkers lopen {seconds:g} seconden rond …"
STREAMING = "{streams} pagina's open houden …"
FAILED = "Er valt niets te meten: {detail}."
TABLE = "Kantoor, in milliseconden"
COLUMNS = ("pagina", "keer", "p50", "p95", "langst")
ALL_PAGES = "alles"
WEIGHT = "Eerste pagina met stijl en script, ingepakt, zonder lettertypen: {size:.1f} kB"
SENT_WEIGHT = "Zo verstuurd door de server: {size:.1f} kB"
MEMORY = "Geheugen van de server: {before:.0f} MB, met {streams} open pagina's {after:.0f} MB"
LOAD = "Drukte op deze computer: {before:.1f} vooraf, {after:.1f} achteraf, {cores} kernen"

ORGANISATION = "Organisatie {number:05}"
PERSON = "Medewerker {number}"
FUNCTION = "docent"
SOURCE = "Omroep {number}"
TITLES = (
    "Explosie bij woning aan de Voorbeeldstraat {number}",
    "Steekpartij bij station, twee gewonden {number}",
    "Demonstratie aangekondigd op plein {number}",
    "Grote brand in flat, bewoners geëvacueerd {number}",
    "Onrust na schietincident bij winkelcentrum {number}",
)
PLACE = "Voorbeeldplein {number}"
REASON = "plek in de stad"
FACT = "De politie doet onderzoek op straat."
FACT_SOURCE = "politie"
OUTCOME = "Dank, dit is besproken met de wijk."
