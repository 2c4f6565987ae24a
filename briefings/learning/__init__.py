"""Learning together from an event: how it went, what helped, what changes, quarter by quarter."""
