"""All tables of the store."""

from __future__ import annotations

import bot.exercise.rows
import bot.rows
import bot.upload_rows
import briefings.city_lines
import briefings.clock_rows
import briefings.learning.digest_rows
import briefings.learning.rows
import briefings.learning.survey_rows
import briefings.link_rows
import briefings.overleg.rows
import briefings.rows
import contacts.calling
import contacts.consent
import contacts.former_names
import contacts.gaps
import contacts.importing.batches
import contacts.list_check
import contacts.meeting
import contacts.outbox
import contacts.rota_rows
import contacts.successors
import feeds.rows
import signals.allowed_rows
import signals.help_count_rows
import signals.help_rows
import signals.peer_rows
import signals.rows

#: the modules whose tables make up the store
TABLES = (
    bot.exercise.rows,
    bot.rows,
    bot.upload_rows,
    briefings.city_lines,
    briefings.learning.digest_rows,
    briefings.learning.rows,
    briefings.learning.survey_rows,
    briefings.link_rows,
    briefings.clock_rows,
    briefings.overleg.rows,
    briefings.rows,
    contacts.calling,
    contacts.consent,
    contacts.former_names,
    contacts.gaps,
    contacts.importing.batches,
    contacts.list_check,
    contacts.meeting,
    contacts.outbox,
    contacts.rota_rows,
    contacts.successors,
    feeds.rows,
    signals.allowed_rows,
    signals.help_count_rows,
    signals.help_rows,
    signals.peer_rows,
    signals.rows,
)
