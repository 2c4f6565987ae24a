"""Dutch of the command line."""

HELP = "Schakel: dezelfde avond een gecontroleerde briefing, en antwoord voor wie iets meldde."
HELP_CONFIG = "Het configuratiebestand; anders config.toml in deze map."
HELP_VERSION = "Toon de versie."
HELP_MIGRATE = "Maak de database, of breng hem naar deze versie."
HELP_CHECK = "Zeg wat goed en fout is. Verstuurt niets."
HELP_INIT = "Zes vragen; maakt config.toml en de eerste uitnodiging."
HELP_ONLY = "Alleen de pagina's (web), het lezen van Telegram (bot) of het werk (worker)."
ONLY_NEEDS_HOSTS = (
    "--only is voor meer machines op één PostgreSQL: zet eerst [database] several_hosts = true."
)
HELP_RUN = "Draai Schakel."
HELP_SIGN_IN = "Maak op deze machine een link om iemand aan te melden."
HELP_SIGN_IN_PERSON = "Naam of nummer van een contact, zie: schakel contacts list"
HELP_DEMO = "Een hele avond op deze machine, met een verzonnen stad als oefening."
HELP_BY_HAND = "Speel niets voor: u speelt de avond zelf op de pagina Telefoons."
HELP_ONCE = "Stop vanzelf na de avond."
HELP_REAL = "Speel dit bestand met echt nieuws af."
HELP_SIMULATOR = "Draai alleen de nagebootste buitenwereld."
HELP_BOT_NUMBER = "Nummer van de bot. Geef een tweede, op een andere poort, een ander nummer."
HELP_PORT = "Poort op deze computer."
HELP_CONTACTS = "Contacten en uitnodigingen."
HELP_IMPORT = "Lees contacten in uit een CSV, een werkblad (xlsx) of visitekaartjes (vcf)."
HELP_INVITE = "Maak uitnodigingen om Telegram te koppelen."
HELP_CONTACTS_LIST = "Toon de contacten met hun nummer."
HELP_EXERCISE = "Deze mensen horen bij de oefenlijst."
HELP_PREVIEW = "Alleen kijken: niets opslaan."
HELP_PERSON = "Nummer van een contact, zie: schakel contacts list"
HELP_ALL = "Iedereen zonder Telegram die nog geen link heeft die werkt."
HELP_NEW = "Maak ook een nieuwe link voor wie er al een heeft. De eerdere link werkt dan niet meer."
HELP_CSV = "Het CSV-bestand met contacten; de kolommen staan in docs/handleiding.md."
HELP_QR = "Map waarin per persoon een QR-code (SVG) komt."
HELP_EVENT = "Gebeurtenissen."
HELP_EVENT_NEW = "Start een gebeurtenis met de hand."
HELP_TITLE = "Wat er gebeurde, in één regel en zonder namen van mensen."
HELP_TYPE = "Code van de soort. Een code die niet bestaat, toont de hele lijst."
HELP_PLACE = "Waar het was, zoals een wijk. Zonder dit: de stad van [briefings] city."
HELP_SEVERITY = "Ernst, van 2 tot en met 5."
HELP_LINK = "Webadres van een bericht erover."
HELP_FEEDS = "Bronnen en berichten."
HELP_FEEDS_LIST = "Toon de bronnen en hoe het ermee gaat."
NO_PLACE = "[feeds] place of themes: er is geen plaatsenlijst of bestand {value!r}."
HELP_FEEDS_EXPLAIN = "Zeg waarom een bericht zijn ernst kreeg."
HELP_KEY = (
    "De link of het nummer van een bericht, of g met het nummer van een gebeurtenis (g12). Zo'n "
    "nummer staat vooraan in schakel deliveries; bij een gebeurtenis staan de berichten erin."
)
HELP_HEALTH = "Zeg of alle onderdelen hun rondes doen; anders welke stilstaan, met code 1."
HELP_HEALTH_JSON = "één regel JSON, zoals /gezond"
EVERYTHING_TURNS = "Alles loopt. Nagekeken: {parts}."
NOTHING_TURNS = "Er draait niets. Start Schakel met: schakel run"
NO_SIGN_SINCE = (
    "Sinds {at} is er niets meer bewaard. Of Schakel draait, is zonder ruimte niet te zien."
)
NOTHING_SINCE = "Er draait niets meer sinds {at}. Start Schakel met: schakel run"
PART_IS_LATE = "{what} staat stil sinds {at}."
FELL_OFTEN = (
    "Schakel is sinds {since} {count} keer vanzelf gestopt en begon om {at} uur opnieuw. "
    "Kijk in het logboek."
)
HELP_DELIVERIES = "Toon per gebeurtenis hoe ver het versturen is, en wat misging."
HELP_SIGNALS = "Spanningssignalen."
HELP_SIGNALS_LIST = "Toon open signalen, zonder tekst."

NO_DATABASE = "De database is er nog niet, of niet op deze versie. Doe: schakel migrate"
NO_FILE = "{path} is er niet. Controleer de naam."
IS_FOLDER = "{path} is een map. Geef de naam van een CSV-bestand."
CLOSED_FILE = "{path} kan niet gelezen worden. Controleer de rechten van het bestand."
UNEXPECTED = "Er ging iets mis dat Schakel niet herkent ({kind}). Met {debug}=1 ervoor ziet u waar."
MIGRATED = "De database is op deze versie."
IMPORTED = (
    "{added} toegevoegd, {updated} bijgewerkt, {unchanged} ongewijzigd; "
    "{organisations} nieuwe organisaties."
)
IMPORT_PREVIEW = "Dit was een proef: er is niets opgeslagen (--preview)."
IMPORT_ERRORS = (
    "Er is iets mis op 1 regel. Verbeter die en lees het bestand opnieuw in; de rest blijft.",
    "Er is iets mis op {n} regels. Verbeter ze en lees het bestand opnieuw in; de rest blijft.",
)
IMPORT_COLUMNS = (
    "Er is niets opgeslagen. Deze kolommen zijn nodig: {required}. Deze mogen ook: {optional}."
)
IMPORT_ONLY_HEADER = (
    "Er staat alleen een regel met kolomnamen in dit bestand. Zet daaronder één regel per persoon."
)
LINE_ERROR = "regel {line}: {text}"
FILE_ERROR = "bestand: {text}"
NO_BOT_NAME = "Zet eerst telegram.bot_name in het configuratiebestand."
NO_PERSON = "Er is geen contact met nummer {person_id}."
INVITED = "{name} ({organisation}): {link}"
HAS_LINK = "{name} ({organisation}): heeft al een link die nog werkt tot {until}"
LINK_WORKS = "Een link werkt {days} dagen, en één keer. Geef hem alleen aan de persoon zelf."
LINKS_REPLACED = "Eerdere links die nu niet meer werken: {count}. Alleen de nieuwe werkt."
LINKS_KEPT = "Mensen die hun eerdere link houden: {count}. Een nieuwe link maakt u met --new."
INVITE_WHICH = "Geef een nummer van een contact (zie schakel contacts list), of --all."
QR_WRITTEN = "    QR: {path}"
CONTACT_LINE = "{person_id} · {name} · {organisation} · {linked}"
LINKED = "Telegram gekoppeld"
NOT_LINKED = "nog geen Telegram"
NOT_REACHED = "niet te bereiken: geen Telegram en geen e-mail"
HELP_EXPORT = "Alles wat van één contact bewaard wordt, als JSON"
HELP_ERASE = "Wis de gegevens van één contact; dat is niet terug te draaien"
HELP_ERASE_YES = "ja, wis ze echt"
ERASE_SURE = (
    "Dit wist naam, adressen en telefoonnummer van contact {person_id}, voorgoed. "
    "Zeker? Geef de opdracht opnieuw met --yes."
)
ERASED = "Contact {person_id} is gewist. Wat eronder besloten is, staat er nog zonder naam."
ERASE_LAST_ADMIN = "Contact {person_id} is de enige beheerder. Geef eerst iemand anders dat recht."
NO_PERSON_AT_ALL = "Er is geen contact {person_id}, of het is al gewist."
NO_CONTACTS = "Er zijn nog geen contacten. Lees ze in met: schakel contacts import"
NOTHING_TO_INVITE = "Iedereen heeft Telegram al gekoppeld."
EVENT_OPENED = "Gebeurtenis {event_id} is gestart, met {drafts} teksten als concept."
NEXT_NOBODY = (
    "Let op: geen coördinator heeft een werkend kanaal, dus niemand hoort dit. Zet het token of "
    "vul [mail] in, en laat een uitnodiging openen. schakel check zegt wat er ontbreekt."
)
NEXT_RUN = (
    "Let op: schakel run draait niet, dus niemand hoort dit nu. Start schakel run: daarna krijgen "
    "de coördinatoren bericht."
)
NEXT_TOLD = (
    "Coördinatoren die nu bericht krijgen: {count}. Zij vullen de feiten aan en laten de teksten "
    "goedkeuren. Tot dan gaat er niets naar lezers."
)
EMPTY_TITLE = "De titel is leeg. Zeg in één regel wat er gebeurde, zonder namen."
LONG_TITLE = "De titel is te lang (hooguit {limit} tekens)."
PERSON_IN_TITLE = (
    "In de titel of de plaats staat misschien een naam of een ander spoor naar een persoon. Er is "
    "niets bewaard. Schrijf het zonder persoon. Is het een plek, school of club? Zet die naam dan "
    "in [signals] allow."
)
BAD_LINK = (
    "De link werkt niet. Geef een heel webadres, met http:// of https:// ervoor en zonder spaties."
)
NO_COORDINATOR = "Er is nog geen coördinator. Maak die met: schakel init"
UNKNOWN_TYPE = "Deze soort ken ik niet. Kies een code uit deze lijst:"
TYPE_ROW = "  {code:<9} {name}"
NO_ITEM = (
    "Dit bericht staat niet in de database. Geef de link of het nummer van een bericht. De nummers "
    "bij gebeurtenis 12 ziet u met: schakel feeds explain g12"
)
NO_EVENT = "Deze gebeurtenis is er niet. Nummers ziet u met: schakel deliveries"
EVENT_HEAD = "Gebeurtenis {event_id} · ernst {severity} · {title}"
EVENT_ITEM = "bericht {key} · {source} · {title}"
REASON = "{weight:+g}  {text}"
NO_SOURCES = "Er zijn nog geen bronnen. Zet ze in config.toml."
SOURCE_LINE = "{mark} {key} · {name} · {state}"
SOURCE_FRESH = "laatst gelezen {at}"
SOURCE_NEVER = "nog niet gelezen"
SOURCE_UNVERIFIED = "te controleren"
NO_EVENTS = "Er zijn nog geen gebeurtenissen met berichten."
DELIVERY_HEAD = "{event_id} · {title}"
NOTHING_SENT = "nog niets verzonden"
READ_BY = "gelezen: {count}"
HELP_WATCH = "blijf kijken tot alles weg is dat nu weg kan"
SIGN_IN_NOBODY = "Niemand op de lijst heet of is {asked}. Kijk met: schakel contacts list"
SIGN_IN_ONE_OF = "{person_id} · {name} · {organisation}"
SIGN_IN_SEVERAL = "Meer mensen heten {asked}. Geef het nummer dat hierboven vooraan staat."
SIGN_IN_NO_RIGHT = (
    "{name} mag zich niet aanmelden. Dat kan wie coördinator, goedkeurder, duider of beheerder is."
)
SIGN_IN_FOR = "Link om {name} ({organisation}) aan te melden:"
SIGN_IN_WORKS = (
    "De link werkt {minutes} minuten, en één keer. Geef hem alleen aan de persoon zelf. "
    "In het journaal staat dat hij op deze machine is gemaakt."
)
NO_SIGNALS = "Er zijn geen open signalen."
SIGNAL_LINE = "{signal_id} · {at} · ernst {severity} · antwoord vóór {due}"

CHECK_OK = "✔ {what}"
CHECK_BAD = "✗ {what}"
CHECK_NOTE = "· {what}"
CHECK_CONFIG = "Configuratie: {path} is goed."
CHECK_KEY_OPEN = "Sleutel: anderen kunnen {path} lezen. Doe: chmod 600 {path}"
CHECK_SECRET_OPEN = (
    "Geheim: iedereen op deze machine kan {path} lezen ({name}). Doe: chmod o-rwx {path}"
)
CHECK_KEY_OK = "Sleutel: in orde."
CHECK_DB_OK = "Database: op deze versie."
CHECK_DB_BAD = "Database: nog niet op deze versie. Doe: schakel migrate"
CHECK_FEED_OK = "Bron {name}: {items}."
CHECK_FEED_ITEMS = ("1 bericht", "{n} berichten")
CHECK_FEED_LEFT = (
    "Bron {name}: staat niet meer in de configuratie en wordt niet gelezen. Wat zij bracht blijft. "
    "Toch lezen? Kies Weer lezen op de pagina Beheer."
)
CHECK_FEED_BAD = "Bron {name}: {why}"
CHECK_BOT_OK = "Telegram: de bot heet @{name}."
CHECK_BOT_NAME = "Telegram: de bot heet @{name}, maar telegram.bot_name zegt {configured}."
CHECK_BOT_BAD = "Telegram: {why}"
CHECK_BOT_NONE = (
    "Telegram: er is geen token. Zet SCHAKEL_TELEGRAM_TOKEN of SCHAKEL_TELEGRAM_TOKEN_FILE."
)
CHECK_BOT_UNKNOWN = "het token is niet geldig. Vraag een nieuw token aan @BotFather."
CHECK_BOT_AWAY = "de server antwoordt niet. Controleer het netwerk en telegram.base_url."
CHECK_NOTHING = "niets"
CHECK_MAIL_OK = "E-mail: {host} antwoordt."
CHECK_MAIL_LOGIN = "E-mail: {host} weigert de naam of het wachtwoord ({section})."
CHECK_MAIL_BAD = "E-mail: {host} antwoordt niet op poort {port} met tls = {tls}. Controleer [mail]."
CHECK_BOX_OK = "Postbus voor antwoorden: {host} antwoordt."
CHECK_BOX_BAD = "Postbus voor antwoorden: {host} antwoordt niet op poort {port}."
CHECK_BOX_NO_PASSWORD = (
    "Postbus voor antwoorden: {host} laat Schakel niet binnen, want er is geen wachtwoord. Zet het "
    "wachtwoord in een bestand, en de plek van dat bestand in SCHAKEL_IMAP_PASSWORD_FILE."
)
CHECK_BOX_NONE = "Postbus voor antwoorden: niet ingesteld. Bounces en antwoorden blijven ongezien."
CHECK_MAIL_NONE = "E-mail: niet ingesteld. Wie geen Telegram heeft, komt op de bellijst."
CHECK_LINE = "Te controleren: {label}. {why} Staat in [{section}]."
#: by :meth:`briefings.settings.CityLine.fault`
LINE_FAULTS = {
    "unchecked": "Kijk na, en vul checked_on in, zoals checked_on = 2026-01-31.",
    "no_phone": (
        "Het telefoonnummer (phone) is leeg. Vul het in. Hoort er geen nummer bij? Haal dan de "
        "regel met phone weg, en zeg in text of link wat lezers doen."
    ),
    "empty": "Er staat niets waar een lezer iets mee kan. Vul phone, link of text in.",
    "future": "De datum in checked_on moet nog komen. Vul de dag in waarop iemand het nakeek.",
    "expired": "De datum in expires_on is voorbij. Kijk opnieuw na, en pas beide datums aan.",
}
CHECK_HOLIDAYS_NONE = (
    "Schoolvakanties: er staat er geen die nog komt. Een tekst in een vakantie spreekt dan over de "
    "les van morgen. Vul bij [briefings] van elke vakantie de eerste en laatste dag in, zoals "
    "school_holidays = [[2027-02-20, 2027-02-28]]. De data staan op rijksoverheid.nl."
)
CHECK_HOLIDAYS_OK = "Schoolvakanties: ingevuld tot en met {until}."
CHECK_PARENTS = (
    "Meldkaart, '{label}': die regel is voor wie er werkt. Ouders lezen in plaats daarvan: "
    "“{said}” Wilt u het anders? Vul bij die regel for_parents in, of at_work = false."
)
CHECK_PARENTS_UNSAID = (
    "Meldkaart: van {labels} staat er niet of ouders die regel lezen. Schakel schat het nu aan de "
    "woorden. Vul bij die regel in: at_work = false (ouders lezen haar ook) of at_work = true."
)
CHECK_GATE = "Er gaan geen echte briefings uit zolang hierboven 'te controleren' staat."
CHECK_GATE_OPEN = "Nummers en meldkaart: alles is nagekeken."
CHECK_EXERCISE = "Dit is een oefeninstallatie: niets bereikt een echt adres."
CHECK_COORDINATORS = "Coördinatoren die bereikbaar zijn: {count}."
CHECK_ONE_CHANNEL = (
    "Coördinatoren met maar één kanaal dat werkt: {count}. Hapert het, dan horen zij een melding "
    "pas als het weer werkt. Geef hen Telegram én e-mail."
)
CHECK_APPROVERS = "Goedkeurders die bereikbaar zijn: {count}."
CHECK_NO_COORDINATOR = (
    "Er is geen coördinator met een werkend kanaal (alleen wat is ingesteld, telt). Laat "
    "de link van schakel init openen terwijl "
    "schakel run draait, of maak een nieuwe met: schakel contacts invite"
)
CHECK_NO_APPROVER = (
    "Er is geen goedkeurder met een werkend kanaal. Vanaf ernst {severity} kan dan niets uit."
)
CHECK_TALLY = "{open} punten open, {in_order} in orde."
CHECK_DONE = "Klaar. Er is niets verstuurd."

HELP_FORCE = "Ook als het bestand al ingevuld is."
INIT_STOPPED = (
    "Niet alle vragen zijn beantwoord. Er is niets geschreven, ook niet in {path}. Begin opnieuw "
    "in een venster waarin u kunt typen, of stuur een antwoord per regel."
)
INIT_EXISTS = (
    "{path} is al ingevuld. Pas het aan met een editor, of gebruik --force om de vragen opnieuw "
    "te beantwoorden."
)
INIT_CITY = "1/6 Voor welke stad is dit?"
INIT_CITY_BAD = "Geef een naam van 2 tot 60 tekens."
INIT_BOT = "2/6 Hoe heet de bot (gebruikersnaam bij Telegram)?"
INIT_BOT_BAD = "Zo'n naam bestaat uit letters, cijfers en _ en eindigt op bot, zoals stad_bot."
INIT_MAIL = "3/6 Welke SMTP-server verstuurt e-mail (leeg = geen e-mail en geen vraag 4)?"
INIT_MAIL_AGAIN = "3/6 Welke SMTP-server verstuurt e-mail ({none} = geen e-mail en geen vraag 4)?"
INIT_MAIL_BAD = "Geef alleen de naam van de server, zoals smtp.example.org."
INIT_FROM = "4/6 Vanaf welk adres gaat e-mail?"
INIT_FROM_BAD = "Geef een e-mailadres, zoals schakel@example.org."
INIT_WEB = "5/6 Op welk webadres staan de pagina's?"
INIT_WEB_BAD = "Begin met https:// of http://."
INIT_WEB_DEFAULT = "http://127.0.0.1:8420"
INIT_NAME = "6/6 Hoe noemen we de eerste coördinator (functie)?"
INIT_NAME_BAD = "Geef een naam van 1 tot 120 tekens."
INIT_NAME_DEFAULT = "Coördinator"
INIT_ORGANISATION = "Gemeente {city}"
INIT_WRITTEN = "{path} is geschreven. De database staat klaar."
INIT_LINK = "Open deze link één keer op de telefoon van de eerste coördinator en beheerder:"
INIT_NEXT = (
    "Daarna: zet het token in een bestand dat alleen Schakel kan lezen, zet de plek van dat "
    "bestand in SCHAKEL_TELEGRAM_TOKEN_FILE, en doe schakel check."
)
#: the configuration that comes with the product is that of one city
INIT_OTHER_CITY = (
    "Let op: de bronnen ([[feeds.sources]]), de thema's, de kalender en de buurgemeenten "
    "([contacts] neighbours) in {path} zijn nog die van Arnhem. De plaatsen zijn die van {city}. "
    "Pas de rest aan voordat u echt begint."
)
INIT_UNKNOWN_CITY = (
    "Let op: de plaatsen ([feeds] place), de bronnen ([[feeds.sources]]), de thema's, de kalender "
    "en de buurgemeenten ([contacts] neighbours) in {path} zijn nog die van Arnhem, niet van "
    "{city}. Hoe u ze vervangt, staat in docs/detection.md; kijk ze na met schakel feeds gazetteer."
)

REAL_MISSING = "{path} is er niet. Geef een bestand met echt nieuws, of laat REAL weg."

HELP_CONFIG_DOCS = "Toon de uitleg van alle instellingen (docs/configuratie.md)."

RUN_REACHES_NOBODY = (
    "Er is geen Telegram-token en geen mailserver: Schakel kan niemand bereiken. "
    "Zet SCHAKEL_TELEGRAM_TOKEN of SCHAKEL_TELEGRAM_TOKEN_FILE, of vul [mail] in."
)
RUN_WITHOUT_TELEGRAM = "Er is geen Telegram-token: Schakel draait met alleen e-mail."
CHECK_ACCOUNT_OK = "Gemeente-account: {issuer} antwoordt."
CHECK_ACCOUNT_BAD = "Gemeente-account: {issuer} {why}"
CHECK_ACCOUNT_BACK = (
    "Gemeente-account: dit adres (redirect URI) hoort bij de aanbieder te staan: {back}"
)
#: by :class:`bot.oidc.faults.Fault`, or by what exactly is strange
ACCOUNT_FAULTS = {
    "away": "antwoordt niet. Controleer het netwerk en [sign_in] issuer.",
    "strange": "antwoordt, maar niet zoals OpenID Connect hoort. Controleer [sign_in] issuer.",
    "issuer": "noemt zich anders. Neem [sign_in] issuer letterlijk over, ook een / aan het eind.",
    "authorization_origin": "stuurt mensen naar een ander adres dan het eigen. Dat gaat niet.",
    "keys": "geeft geen sleutels waarmee Schakel een handtekening kan nakijken.",
}
CHECK_LINKS_OK = "Links in berichten: {address}"
CHECK_LINKS_LOCAL = (
    "Links in berichten wijzen naar deze computer zelf: op een telefoon openen zij niets. "
    "Zet het openbare adres in [web] base_url, met een webserver met TLS ervoor."
)
CHECK_LINKS_OPEN = (
    "Links in berichten: {address} is niet beveiligd. Zet er een webserver met TLS voor, en laat "
    "[web] base_url beginnen met https://."
)
