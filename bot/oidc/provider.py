"""The provider of accounts: what it says about itself, its keys, and a code for a token.

Two documents are kept for an hour. Every answer has a size and a time; redirects are not
followed. A provider that was away is left alone for a moment, so that people who wait do not
wait for each other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import aiohttp
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url
from joserfc.jwk import KeySet

from bot.addresses import is_safe_address
from bot.oidc.faults import Fault, ProviderFault
from bot.oidc.id_token import UnknownKey, read_id_token, read_keys
from bot.oidc.pending import Pending
from bot.settings import SignInSettings

TIMEOUT_S = 5.0
MAX_BYTES = 200_000
KEPT = timedelta(hours=1)
#: keys are asked for again because of a token at most this often
KEYS_AGAIN = timedelta(minutes=1)
#: how long a provider that was away is left alone
LEFT_ALONE = timedelta(seconds=10)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What we use of the discovery document; every address was checked."""

    authorization: str
    token: str
    keys: str
    end_session: str | None
    secret_in_form: bool
    names_itself: bool


def read_metadata(document: object, issuer: str) -> Metadata:
    """:raises ProviderFault: it is of another provider, or lacks what we need. Pure."""
    if not isinstance(document, Mapping) or document.get("issuer") != issuer:
        raise ProviderFault(Fault.STRANGE, "issuer")
    places = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        place = document.get(name)
        if not isinstance(place, str) or not is_safe_address(place):
            raise ProviderFault(Fault.STRANGE, name)
        places[name] = place
    # People are sent nowhere but to the provider that the configuration names.
    if origin_of(places["authorization_endpoint"]) != origin_of(issuer):
        raise ProviderFault(Fault.STRANGE, "authorization_origin")
    leave = document.get("end_session_endpoint")
    can_leave = isinstance(leave, str) and is_safe_address(leave)
    methods = document.get("token_endpoint_auth_methods_supported")
    return Metadata(
        authorization=places["authorization_endpoint"],
        token=places["token_endpoint"],
        keys=places["jwks_uri"],
        end_session=str(leave)
        if can_leave and origin_of(str(leave)) == origin_of(issuer)
        else None,
        # In the form there is one way to write a secret; in the header providers differ.
        secret_in_form=isinstance(methods, list) and "client_secret_post" in methods,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def origin_of(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual


class Kept(Generic[T]):
    """One document: fetched once for everybody who waits, kept for an hour."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], datetime]) -> None:
        self._fetch, self._clock, self._lock = fetch, clock, asyncio.Lock()
        self._got: tuple[T, datetime] | None = None
        self._failed: tuple[ProviderFault, datetime] | None = None

    @property
    def last(self) -> T | None:
        """What it was when it was last seen."""
        return self._got[0] if self._got else None

    async def get(self, *, younger_than: timedelta = KEPT) -> T:
        """:raises ProviderFault: it cannot be had now."""
        async with self._lock:
            now = self._clock()
            if self._got is not None and now - self._got[1] < younger_than:
                return self._got[0]
            if self._failed is not None and now - self._failed[1] < LEFT_ALONE:
                raise self._failed[0]
            try:
                found = await self._fetch()
            except ProviderFault as fault:
                self._failed = (fault, now)
                raise
            self._got, self._failed = (found, now), None
            return found


class Provider:
    """One provider, as ``[sign_in]`` names it."""

    def __init__(
        self, settings: SignInSettings, *, redirect_uri: str, clock: Callable[[], datetime]
    ) -> None:
        self.settings, self.redirect_uri, self._clock = settings, redirect_uri, clock
        self._metadata: Kept[Metadata] = Kept(self._fetch_metadata, clock)
        self._keys: Kept[KeySet] = Kept(self._fetch_keys, clock)

    async def look(self) -> None:
        """Whether everything that a sign-in needs can be read.

        :raises ProviderFault: it cannot.
        """
        await self._metadata.get()
        await self._keys.get()

    async def authorization_url(self, pending: Pending) -> str:
        """Where the browser goes; on the provider's own origin.

        :raises ProviderFault: the provider is away or strange.
        """
        metadata = await self._metadata.get()
        # No more than needed: another claim than the address itself may need the profile.
        scope = "openid email" if self.settings.email_claim == "email" else "openid email profile"
        url: str = prepare_grant_uri(
            metadata.authorization,
            self.settings.client_id,
            "code",
            redirect_uri=self.redirect_uri,
            scope=scope,
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return url

    async def claims(
        self, code: str, pending: Pending, *, said_issuer: str | None
    ) -> dict[str, Any]:
        """The claims of the account that this code is for. The tokens are forgotten here.

        :param said_issuer: ``iss`` beside the code, with which a provider names itself.
        :raises ProviderFault: away, strange, or code or token are no good.
        """
        metadata = await self._metadata.get()
        if said_issuer != self.settings.issuer and (said_issuer or metadata.names_itself):
            raise ProviderFault(Fault.TOKEN_REFUSED, "response_issuer")
        answer = await self._exchange(metadata, code, pending)
        try:
            return self._read(answer, await self._keys.get(), pending)
        except UnknownKey:
            return self._read(answer, await self._keys.get(younger_than=KEYS_AGAIN), pending)

    def end_session_url(self, back: str) -> str | None:
        """Where somebody can leave the provider, too; None when it was not seen to offer that."""
        metadata = self._metadata.last
        if metadata is None or metadata.end_session is None:
            return None
        asked = [("client_id", self.settings.client_id), ("post_logout_redirect_uri", back)]
        url: str = add_params_to_uri(metadata.end_session, asked)
        return url

    def _read(self, answer: Mapping[str, Any], keys: KeySet, pending: Pending) -> dict[str, Any]:
        access = answer.get("access_token")
        return read_id_token(
            answer.get("id_token"), keys, issuer=self.settings.issuer,
            client_id=self.settings.client_id, nonce=pending.nonce,
            access_token=access if isinstance(access, str) else None, now=self._clock(),
        )  # fmt: skip

    async def _exchange(self, metadata: Metadata, code: str, pending: Pending) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self.redirect_uri,
            code_verifier=pending.verifier,
        )  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, headers, body = self._client_auth(metadata).prepare(
            "POST", metadata.token, headers, body
        )
        status, answer = await ask("POST", url, headers=headers, data=body)
        if not isinstance(answer, Mapping):
            raise ProviderFault(Fault.STRANGE, "token_answer")
        if status == 200:
            return answer
        if answer.get("error") == "invalid_grant":
            raise ProviderFault(Fault.CODE_REFUSED, "invalid_grant")
        # invalid_client and the like: for who set this up, not for who signs in
        raise ProviderFault(Fault.STRANGE, f"token_{status}")

    def _client_auth(self, metadata: Metadata) -> ClientAuth:
        secret = self.settings.client_secret
        by_form = "client_secret_post" if metadata.secret_in_form else "client_secret_basic"
        return ClientAuth(self.settings.client_id, secret, by_form if secret else "none")

    async def _fetch_metadata(self) -> Metadata:
        url = get_well_known_url(self.settings.issuer, external=True)
        return read_metadata(await self._document(url), self.settings.issuer)

    async def _fetch_keys(self) -> KeySet:
        return read_keys(await self._document((await self._metadata.get()).keys))

    async def _document(self, url: str) -> object:
        status, document = await ask("GET", url)
        if status != 200:
            raise ProviderFault(Fault.AWAY if status >= 500 else Fault.STRANGE, f"http_{status}")
        return document


async def ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, data: str | None = None
) -> tuple[int, object]:
    """Status and JSON of one request.

    :raises ProviderFault: no answer, too late, too large, or no JSON.
    """
    plain = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
            client.request(method, url, headers=plain, data=data, allow_redirects=False) as answer,
        ):
            body = await _body(answer)
            status = answer.status
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ProviderFault(Fault.AWAY, type(error).__name__) from error
    if status >= 500:
        raise ProviderFault(Fault.AWAY, f"http_{status}")
    try:
        return status, json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderFault(Fault.STRANGE, f"no_json_{status}") from error


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for chunk in answer.content.iter_chunked(16_384):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ProviderFault(Fault.STRANGE, "too_large")
    return body
