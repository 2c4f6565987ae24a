"""Dutch lines about mistakes in a scenario file."""

NO_TOML = "Dit bestand is niet te lezen als TOML: {error}"
NO_OUTLET = "Een bericht komt van een redactie die niet in [[outlets]] staat: {names}."
NOT_IN_ORDER = "De inspelers staan niet op volgorde van tijd (at_min)."
NO_INJECT = "Er wordt iets verwacht na inspeler {number}, maar er zijn er {count}."
