"""A message to a group in an exercise, as its receiver reads it."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import col, select

from contacts.directory import ContactGroup, GroupMember, Person
from tests.flow_world import an_evening


async def test_a_message_to_a_group_is_marked_in_an_exercise(tmp_path: Path) -> None:
    async with an_evening(tmp_path) as evening:
        async with evening.house.db.begin() as session:
            session.add(ContactGroup(name="Steun"))
            await session.flush()
            for person in (await session.exec(select(Person).order_by(col(Person.id)))).all():
                if person.audiences:
                    session.add(GroupMember(group_id=1, person_id=person.id or 0))
        leader = evening.coordinator
        await leader.say("/groep")
        await leader.press("Steun")
        await leader.see("titel")
        await leader.say("Overleg om vier uur")
        await leader.see("Wat is de tekst")
        await leader.say("Wij komen bij elkaar in het buurthuis.")
        await leader.press("Versturen")
        told = await evening.teacher.see("omdat u in de groep")
        assert told.text.startswith("OEFENING\n"), told.text
        mails = evening.simulator.mail.mails
        assert all(str(mail.message["Subject"]).startswith("OEFENING") for mail in mails)
