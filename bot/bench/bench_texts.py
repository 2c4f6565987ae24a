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

HELP_DELIVER = "Verstuur één bericht aan veel verzonnen contacten en meet snelheid en zekerheid."
HELP_YEARS = "Speel twee jaar van de contactenlijst na: wie gaat, wie volgt, wie is bereikbaar."
HELP_TOWN = "zoveel organisaties"
HELP_DAYS = "zoveel dagen"
HELP_HAPPENINGS = "zoveel ingrijpende gebeurtenissen"
HELP_SVG = "teken het verloop, met en zonder onderhoud, in dit bestand"
HELP_DRAFT = "Meet hoe snel een bevestigde gebeurtenis in alle vormen klaarstaat, en op papier."
NO_PDF = "deze computer kan geen pdf maken"
DRAFT_TITLE = "Verzonnen gebeurtenis"
SECOND_FACT = "Er is nu geen gevaar voor de buurt."
STAND = "Versie 1"
SENDER = "Schakel"
HELP_MAIL = "Verstuur mail naar een server die weigert, uitstelt en afbreekt; meet en controleer."
HELP_UPDATES = (
    "Laat veel mensen tegelijk iets sturen, stop Schakel er hard tussendoor, en controleer."
)
HELP_BUTTON = "Meet hoe lang een coördinator op antwoord wacht terwijl duizenden berichten uitgaan."
HELP_HOW_MANY = "zoveel berichten van verzonnen mensen"
NOTHING_LEFT = "het versturen was al klaar voordat iemand iets kon vragen"
HELP_RATE = "zoveel berichten per seconde mag het kanaal"
HELP_LATENCY = "zoveel milliseconden doet de andere kant over een antwoord"
HELP_DATABASE = "lege opslag om in te meten; zonder: een tijdelijke"
HELP_FAULT = "wat er misgaat aan de andere kant: geen of storm"
HELP_KILL = "zo vaak wordt Schakel zonder waarschuwing gestopt en opnieuw gestart"
HELP_WORKERS = "zoveel processen op één PostgreSQL; één verstuurt, een ander neemt het over"
HELP_HOSTS = "elk proces is een machine met een eigen netwerk; alleen op Linux, als root"
HOSTS_NEED_WORKERS = "Kies met --hosts ook hoeveel machines: --workers 2 of meer."
NO_NETWORKS = "op deze computer kunnen geen eigen netwerken gemaakt worden (nodig: Linux, ip, root)"
HELP_CHANNEL = "via welk kanaal: telegram of email"
HELP_JSON = "alleen de regel met cijfers tonen"

NO_PROFILE = "Dit profiel bestaat niet: {name}. Kies uit: {known}."
NO_CHANNEL = "Dit kanaal bestaat niet: {name}. Kies uit: {known}."
WORKERS_NEED_POSTGRESQL = (
    "Meer processen delen één PostgreSQL. Kies er een met --database postgresql+psycopg://…"
)
NOT_EMPTY = "in deze opslag staan al mensen; kies een lege"
NO_START = "Schakel startte niet"
NO_CROWD = "de andere kant startte niet"
ENDED = "{module} eindigde met code {code}"
TOO_LONG = "het versturen stond stil"
CONTACTS_FILLING = "Opslag vullen: {contacts} contacten …"
SENDING = (
    "Versturen: ten hoogste {rate:g} per seconde, {latency:g} ms vertraging, profiel {fault} …"
)
DELIVER_TABLE = "Bezorgen"
DELIVER_ROWS = {
    "planned_s": "gepland in (s)",
    "seconds": "alles afgehandeld in (s)",
    "first_pass_rate": "voor het eerst aangeboden per seconde",
    "rate": "aangekomen per seconde",
    "max_in_any_second": "meeste in één seconde",
    "p95_commit_ms": "vastleggen in de opslag, p95 (ms)",
    "cpu_s": "rekentijd van Schakel (s)",
    "peak_rss_mb": "hoogste geheugengebruik (MB)",
    "sent": "verstuurd",
    "failed": "mislukt, met reden",
    "unknown": "onzeker, op de lijst van een mens",
    "in_flight_at_kills": "onderweg bij het hard stoppen",
    "lost": "kwijt",
    "silent_duplicates": "stil dubbel",
    "kills": "keer hard gestopt",
    "resumed_s": "langste tijd tot het weer liep (s)",
}

UPDATES_TABLE = "Binnenkomende berichten"
UPDATES_ROWS = {
    "updates": "berichten",
    "seconds": "alles behandeld in (s)",
    "rate": "behandeld per seconde",
    "lost": "kwijt",
    "handled_twice": "twee keer beantwoord",
    "unknown": "onzeker, op de lijst van een mens",
    "kills": "keer hard gestopt",
    "cpu_s": "rekentijd van Schakel (s)",
    "load": "drukte vooraf",
}
BUTTON_TABLE = "Wachten op antwoord"
BUTTON_ROWS = {
    "contacts": "contacten die intussen een bericht krijgen",
    "presses": "vragen",
    "p50_s": "helft sneller dan (s)",
    "p95_s": "95 van de 100 sneller dan (s)",
    "longest_s": "langst (s)",
    "load": "drukte vooraf",
}

TOO_UNCERTAIN = "Er zijn meer berichten onzeker dan er onderweg waren bij het hard stoppen."

COORDINATOR = "Coördinator van de meting"
MESSAGE_TITLE = "Informatie bij gebeurtenis (meting)"
MESSAGE_BODY = (
    "Dit is een verzonnen bericht om te meten hoe snel Schakel verstuurt. "
    "Het is zo lang als een echt bericht voor een school of een stichting.\n\n"
    "Wat we weten: er is vandaag iets gebeurd op straat. De politie doet onderzoek. "
    "Er is op dit moment geen gevaar voor anderen.\n\n"
    "Wat we niet weten: hoe het is begonnen, en wie erbij waren. "
    "Daar doen we geen uitspraak over.\n\n"
    "Wat u kunt doen: vertel wat zeker is, en zeg het ook als u iets niet weet. "
    "Laat vragen toe. Stuur geen beelden door. Merkt u spanning? Meld het met de knop hieronder."
)

CURVES_TITLE = "Berichten per seconde, bij een grens van 1000 per seconde"
CURVES_LABEL = "Berichten per seconde bij meer contacten. De tabel ernaast geeft dezelfde getallen."
CURVES_AXIS = "contacten"

HELP_WATCH = "Meet wat de wacht kost als de stroom tien keer zo lang wordt, en hoe snel zij meldt."
HELP_ITEMS = "zoveel berichten; daarna tien keer zoveel"
HELP_ALERTS = "zoveel zware berichten, elk tot zijn melding"
WATCH_FAILED = "Tien keer zoveel berichten kostte te veel, of een zwaar bericht gaf geen melding."
BEGINNINGS = ("Gemeente", "Bedrijf", "Vereniging", "Onderzoek:", "Station", "Markt", "School")
HEAVY = (
    "Aanslag met explosief op moskee in {place}, meerdere doden",
    "Schietpartij op school in {place}, doden en gewonden",
)
PLACES = (
    "Arnhem", "Nijmegen", "Zutphen", "Apeldoorn", "Ede", "Doetinchem", "Tiel", "Zevenaar",
    "Wageningen", "Velp", "Duiven", "Elst", "Rheden", "Winterswijk", "Harderwijk", "Barneveld",
)  # fmt: skip
