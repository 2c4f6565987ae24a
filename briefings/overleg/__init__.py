"""The maatschappelijk overleg: its meetings, who hosts, what was agreed."""
