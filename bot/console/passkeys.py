"""Passkeys: a second proof, by the device in the approver's hand, before texts go out.

The challenge is not kept anywhere: it follows from the session, the texts and the time, so a
proof is worth something for these very texts, in this session, for a few minutes. WebAuthn
itself is the library's work, and it is only loaded where passkeys are switched on.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from bot.console import passkey_texts as words
from bot.console.doors import Door, Visit
from bot.console.key_telling import tell_holder
from bot.console.pages import Parts
from bot.rows import Passkey
from contacts.directory import Person
from contacts.journal import write_journal
from contacts.permissions import Permission
from signals.person_filter import screen

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

#: a challenge works in its own and the next period of so many seconds
PERIOD_S = 300
#: what a browser sends is some kilobytes
MOST_CHARACTERS = 20_000
MOST_KEYS, NAME_LIMIT = 10, 40
REGISTER = "register"
#: what a proof is about before another device is added; before one goes it is that very one
ADDING = "passkeys"


async def keys_of(session: AsyncSession, person_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, oldest first."""
    found = await session.exec(
        select(Passkey).where(Passkey.person_id == person_id).order_by(col(Passkey.id))
    )
    return found.all()


async def is_asked(session: AsyncSession, person_id: int, setting: str) -> bool:
    """Whether this person's approval takes a passkey.

    :param setting: ``sign_in.passkey``. With *mag* it is asked of whoever has one: otherwise a
        thief of the session would simply leave it out.
    """
    if setting == "nee":
        return False
    return setting == "moet" or bool(await keys_of(session, person_id))


def challenge_of(visit: Visit, subject: str, *, at: datetime) -> bytes:
    """Only this session, about this subject, in this period, can have this one. Pure."""
    period = int(at.timestamp()) // PERIOD_S
    said = f"{visit.visitor.session_id}|{subject}|{period}"
    return hmac.digest(visit.parts.sealer.derive("passkey"), said.encode(), "sha256")


def _accepted(visit: Visit, subject: str) -> list[bytes]:
    now = int(visit.now.timestamp())
    moments = (now, now - PERIOD_S)
    zone = visit.now.tzinfo
    return [challenge_of(visit, subject, at=datetime.fromtimestamp(one, zone)) for one in moments]


def host_of(parts: Parts) -> str:
    """The name that passkeys are bound to."""
    return urlsplit(parts.config.web.base_url).hostname or ""


def _origin_of(parts: Parts) -> str:
    address = urlsplit(parts.config.web.base_url)
    return f"{address.scheme}://{address.netloc}"


async def question(visit: Visit, subject: str) -> str:
    """What the browser is asked before an act, as JSON; empty when nothing is asked."""
    person_id = visit.actor.person_id
    if not await is_asked(visit.session, person_id, visit.parts.config.sign_in.passkey):
        return ""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=host_of(visit.parts),
        challenge=challenge_of(visit, subject, at=visit.now),
        allow_credentials=_known(await keys_of(visit.session, person_id)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def _known(keys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=bytes.fromhex(key.credential)) for key in keys]


async def refusal(visit: Visit, subject: str, *, field: str = "passkey") -> str:
    """Check the proof in the form; an empty string when it is good or none is asked."""
    person_id = visit.actor.person_id
    if not await is_asked(visit.session, person_id, visit.parts.config.sign_in.passkey):
        return ""
    keys = {key.credential: key for key in await keys_of(visit.session, person_id)}
    if not keys:
        return words.NONE_YET
    key, count = _proved(visit, subject, keys, visit.text(field))
    if key is None:
        return words.NOT_PROVED
    key.sign_count, key.used_at = count, visit.now
    visit.session.add(key)
    return ""


def _proved(
    visit: Visit, subject: str, keys: dict[str, Passkey], given: str
) -> tuple[Passkey | None, int]:
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        proof = json.loads(given[:MOST_CHARACTERS])
        key = keys[base64url_to_bytes(proof["id"]).hex()]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, 0
    for challenge in _accepted(visit, subject):
        try:
            checked = verify_authentication_response(
                credential=proof,
                expected_challenge=challenge,
                expected_rp_id=host_of(visit.parts),
                expected_origin=_origin_of(visit.parts),
                credential_public_key=bytes.fromhex(key.public_key),
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
            continue
        return key, checked.new_sign_count
    return None, 0


async def show_keys(visit: Visit) -> Response:
    """``GET /passkeys``: one's own."""
    return await _page(visit)


def _removing(key_id: int | None) -> str:
    return f"passkey:{key_id}"


async def _page(visit: Visit, *, error: str = "") -> Response:
    keys = await keys_of(visit.session, visit.actor.person_id)
    setting = visit.parts.config.sign_in.passkey
    return visit.show(
        "passkeys.html",
        status=422 if error else 200,
        keys=keys,
        proofs={key.id: await question(visit, _removing(key.id)) for key in keys},
        proof=await question(visit, ADDING) if keys else "",
        setting=setting,
        options="" if setting == "nee" else _options(visit, keys),
        words=words,
        error=error,
    )


def _options(visit: Visit, keys: Sequence[Passkey]) -> str:
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        UserVerificationRequirement,
    )

    parts = visit.parts
    # The device shows the name; the number in it is of no use to anybody else.
    handle = hmac.digest(
        parts.sealer.derive("passkey"), f"user|{visit.actor.person_id}".encode(), "sha256"
    )
    options = generate_registration_options(
        rp_id=host_of(parts),
        rp_name=parts.config.briefings.sender,
        user_id=handle,
        user_name=visit.visitor.name,
        challenge=challenge_of(visit, REGISTER, at=visit.now),
        exclude_credentials=_known(keys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


async def add(visit: Visit) -> Response:
    """``POST /passkeys/nieuw``: the browser made one.

    Whoever has one proves it with that, or a thief of the session would bring a device of his own.
    """
    keys = await keys_of(visit.session, visit.actor.person_id)
    name = " ".join(visit.text("naam").split())[:NAME_LIMIT] or words.NAMELESS
    if visit.parts.config.sign_in.passkey == "nee":
        raise LookupError("no passkeys here")
    if len(keys) >= MOST_KEYS:
        return await _page(visit, error=words.TOO_MANY)
    if screen(name, visit.parts.config.signals.allow).blocked:
        return await _page(visit, error=words.NAME_OF_PERSON)
    if keys and await refusal(visit, ADDING, field="bewijs"):
        return await _page(visit, error=words.NOT_PROVED_HERE)
    made = _made(visit, visit.text("passkey"))
    if made is None:
        return await _page(visit, error=words.NOT_MADE)
    made.name, made.person_id = name, visit.actor.person_id
    try:
        async with visit.session.begin_nested():
            visit.session.add(made)
            await visit.session.flush()
    except IntegrityError:
        # The same answer of the browser, sent a second time.
        return await _page(visit, error=words.NOT_MADE)
    _note(visit, made, "passkey_added")
    await _tell(visit, made.person_id, words.TOLD_ADDED)
    return visit.back("/passkeys", done="passkey_added")


def _made(visit: Visit, given: str) -> Passkey | None:
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    for challenge in _accepted(visit, REGISTER):
        try:
            checked = verify_registration_response(
                credential=json.loads(given[:MOST_CHARACTERS]),
                expected_challenge=challenge,
                expected_rp_id=host_of(visit.parts),
                expected_origin=_origin_of(visit.parts),
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
            continue
        return Passkey(
            person_id=visit.actor.person_id,
            name="",
            credential=checked.credential_id.hex(),
            public_key=checked.credential_public_key.hex(),
            sign_count=checked.sign_count,
            created_at=visit.now,
        )
    return None


async def remove(visit: Visit) -> Response:
    """``POST /passkeys/{number}``: only one's own, with a proof by one of them."""
    key = await visit.session.get(Passkey, visit.in_path())
    if key is None or key.person_id != visit.actor.person_id:
        raise LookupError("no such passkey")
    if await refusal(visit, _removing(key.id)):
        return await _page(visit, error=words.NOT_PROVED_HERE)
    await _take(visit, key)
    await _tell(visit, key.person_id, words.TOLD_REMOVED)
    return visit.back("/passkeys", done="passkey_removed")


async def take_lost(visit: Visit, person: Person) -> None:
    """All passkeys of somebody who lost the device and so cannot prove anything any more."""
    keys = await keys_of(visit.session, person.id or 0)
    for key in keys:
        await _take(visit, key)
    if keys:
        await tell_holder(visit.session, person, words.TOLD_TAKEN, now=visit.now)


async def _take(visit: Visit, key: Passkey) -> None:
    _note(visit, key, "passkey_removed")
    await visit.session.delete(key)


async def _tell(visit: Visit, person_id: int, said: tuple[str, str]) -> None:
    """Also of the first: whoever did not make it hears that somebody else did."""
    person = await visit.session.get_one(Person, person_id)
    await tell_holder(visit.session, person, said, now=visit.now)


def _note(visit: Visit, key: Passkey, action: str) -> None:
    write_journal(
        visit.session,
        who=visit.actor.who,
        action=action,
        subject=f"passkey:{key.id}",
        now=visit.now,
    )


DOORS = (
    Door("/passkeys", show_keys, Permission.USE_CONSOLE),
    Door("/passkeys/nieuw", add, Permission.USE_CONSOLE, "POST"),
    Door("/passkeys/{number:int}", remove, Permission.USE_CONSOLE, "POST"),
)
