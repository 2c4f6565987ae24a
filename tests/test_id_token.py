"""ID tokens, addresses and cookies of the way, whatever somebody makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt

from bot.oidc.address import is_verified, read_address
from bot.oidc.faults import ProviderFault
from bot.oidc.id_token import read_id_token, read_keys
from bot.oidc.pending import LIFE, UsedOnce, begin, open_pending, seal_pending
from bot.oidc.provider import read_metadata
from bot.settings import SignInSettings
from contacts.sealing import Sealer
from tests.oidc_world import KEY

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER = "https://idp.example"
GOOD = {
    "iss": ISSUER, "sub": "1", "aud": "schakel", "iat": AT, "exp": AT + 300, "nonce": "n" * 22,
}  # fmt: skip
KEYS = read_keys({"keys": [KEY.as_dict(private=False)]})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(raw: object) -> dict[str, Any]:
    return read_id_token(
        raw, KEYS, issuer=ISSUER, client_id="schakel", nonce="n" * 22, access_token="x", now=NOW
    )


def signed(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "een"}, claims, KEY, algorithms=["RS256"])


def test_a_good_token_is_read() -> None:
    assert read(signed(GOOD)) == GOOD
    assert read(signed({**GOOD, "aud": ["schakel"]}))["sub"] == "1"


@calm
@given(JSON | st.text(max_size=200) | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]*", fullmatch=True))
def test_no_token_at_all_is_a_fault_and_nothing_else(raw: object) -> None:
    with pytest.raises(ProviderFault):
        read(raw)


@calm
@given(st.sampled_from([*GOOD, "nbf", "azp", "at_hash", "amr", "auth_time"]), JSON)
def test_a_signed_token_with_any_odd_claim_is_read_or_is_a_fault(name: str, odd: Any) -> None:
    try:
        token = signed({**GOOD, name: odd})
    except (ValueError, OverflowError):
        return
    try:
        claims = read(token)
    except ProviderFault:
        return
    for exact in ("iss", "nonce"):
        assert claims[exact] == GOOD[exact]
    assert claims["aud"] in ("schakel", ["schakel"])
    assert claims["exp"] > AT - 61


@calm
@given(JSON)
def test_odd_keys_and_documents_are_a_fault(document: Any) -> None:
    for odd in (document, {"keys": document}, {"keys": [document]}):
        with pytest.raises(ProviderFault):
            read_keys(odd)
    with pytest.raises(ProviderFault):
        read_metadata(document, ISSUER)


@calm
@given(JSON)
def test_an_address_is_one_ascii_address_or_none(found: Any) -> None:
    address = read_address({"email": found}, SignInSettings())
    assert address is None or (address.isascii() and address.count("@") == 1)


@pytest.mark.parametrize(
    ("said", "verified"),
    [(True, True), ("true", True), ("1", True), (1, True), ("True", True), (False, False),
     (None, False), ("", False), (0, False), ([True], False), ({"x": 1}, False), (1.0, False)],
)  # fmt: skip
def test_only_a_clear_yes_verifies_an_address(said: Any, verified: bool) -> None:
    assert is_verified({"email_verified": said}, SignInSettings()) is verified
    assert is_verified({}, SignInSettings()) is False
    assert is_verified({}, SignInSettings(verified_claim="")) is True


def test_the_cookie_of_the_way_opens_with_its_key_its_state_and_in_its_time() -> None:
    sealer, pending = Sealer(Sealer.new_key()), begin("/signalen", now=NOW)
    cookie = seal_pending(sealer, pending)
    almost = NOW + LIFE - timedelta(seconds=1)
    assert open_pending(sealer, cookie, pending.state, now=almost) == pending
    assert open_pending(sealer, cookie, pending.state, now=NOW + LIFE) is None
    assert open_pending(sealer, cookie, pending.state, now=NOW - timedelta(seconds=1)) is None
    assert open_pending(sealer, cookie, pending.nonce, now=NOW) is None
    assert open_pending(Sealer(Sealer.new_key()), cookie, pending.state, now=NOW) is None
    assert pending.verifier not in cookie


@calm
@given(JSON, st.text(max_size=30))
def test_something_else_that_we_sealed_is_no_cookie_of_the_way(value: Any, state: str) -> None:
    sealer = Sealer(Sealer.new_key())
    for text in (json.dumps(value), str(value)):
        assert open_pending(sealer, sealer.seal(text), state, now=NOW) is None


def test_a_state_is_used_once_and_forgotten_when_its_cookie_is_over() -> None:
    used = UsedOnce()
    assert [used.use("a", NOW), used.use("a", NOW), used.use("b", NOW)] == [True, False, True]
    assert not used.use("a", NOW + timedelta(minutes=9))
    assert used.use("a", NOW + LIFE)


def test_of_more_states_than_are_remembered_the_oldest_is_forgotten() -> None:
    used = UsedOnce(most=2)
    assert [used.use(state, NOW) for state in ("a", "b", "c")] == [True, True, True]
    assert [used.use(state, NOW) for state in ("c", "b", "a")] == [False, False, True]
