"""A provider of accounts on loopback: a real server that signs real tokens, and can misbehave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import html
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "schakel", "geheim van de oefening/+&"
EMAIL = "coordinator@gemeente.example"
KEY = RSAKey.generate_key(2048, {"kid": "een", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "een", "use": "sig", "alg": "RS256"})
NEW_KEY = ECKey.generate_key("P-256", {"kid": "twee", "use": "sig", "alg": "ES256"})


@dataclass
class Account:
    """What one person agreed to at the provider, until its code is used."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class LoopbackProvider:
    """The provider. What it says is changed by changing its fields.

    ``claims``: over those of a good token; None takes one away. ``sign``: makes the token of
    header and claims. ``slow``: an event that holds every answer until it is set.
    """

    clock: Callable[[], datetime]
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: [KEY])
    key: Any = field(default_factory=lambda: KEY)
    alg: str = "RS256"
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    token_answer: tuple[int, str] | None = None
    broken: dict[str, web.Response] = field(default_factory=dict)
    slow: asyncio.Event | None = None
    asks: bool = False
    seen: list[str] = field(default_factory=list)
    grants: dict[str, Account] = field(default_factory=dict)
    secrets_in: list[str] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/.well-known/openid-configuration", self._discovery),
            web.get("/sleutels", self._jwks),
            web.get("/elders", self._jwks),
            web.get("/aanmelden", self._authorize),
            web.post("/aanmelden", self._authorize),
            web.post("/token", self._token),
            web.get("/afmelden", self._leave),
        ]

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.seen.append(request.path)
        if self.slow is not None:
            await self.slow.wait()
        if request.path in self.broken:
            broken = self.broken[request.path]
            return web.Response(status=broken.status, body=broken.body, headers=broken.headers)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _discovery(self, _: web.Request) -> web.Response:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/aanmelden",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/sleutels",
            "end_session_endpoint": f"{self.issuer}/afmelden",
            # A provider that offers everything must not make us take everything.
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256"],
            **self.document,
        }
        return web.json_response({k: v for k, v in document.items() if v is not None})

    async def _jwks(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.asks and request.method == "GET":
            page = (
                '<!doctype html><html lang="nl"><title>Gemeente</title><h1>Gemeente</h1>'
                f'<form method="post" action="{html.escape(str(request.rel_url))}">'
                "<button>Ja, dit ben ik</button></form></html>"
            )
            return web.Response(text=page, content_type="text/html")
        code = secrets.token_urlsafe(16)
        self.grants[code] = Account(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        query = urlencode({"code": code, "state": asked["state"]})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{query}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.token_answer is not None:
            status, text = self.token_answer
            return web.Response(status=status, text=text, content_type="application/json")
        if not self._knows_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        grant = self.grants.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if grant is None or (grant.challenge, grant.redirect_uri) != (
            challenge, form["redirect_uri"],
        ):  # fmt: skip
            return web.json_response({"error": "invalid_grant"}, status=400)
        access = secrets.token_urlsafe(16)
        return web.json_response(
            {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(grant)}
        )

    def _knows_client(self, request: web.Request, form: Any) -> bool:
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            self.secrets_in.append("header")
            return base64.b64decode(header[6:]).decode() == f"{CLIENT}:{SECRET}"
        self.secrets_in.append("form" if "client_secret" in form else "none")
        return form.get("client_id") == CLIENT and form.get("client_secret", SECRET) == SECRET

    def _id_token(self, grant: Account) -> str:
        at = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer, "sub": "1", "aud": CLIENT, "iat": at, "exp": at + 300,
            "nonce": grant.nonce, "email": EMAIL, "email_verified": True, **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.alg, "kid": self.key.kid}
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(header, claims, self.key, algorithms=[self.alg])

    async def _leave(self, request: web.Request) -> web.Response:
        assert request.query["client_id"] == CLIENT
        return web.Response(text="Afgemeld bij de gemeente")


def unsigned(_header: dict[str, Any], claims: dict[str, Any]) -> str:
    """``alg: none``: anybody can make it."""
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def signed_with_text(text: str) -> Callable[[dict[str, Any], dict[str, Any]], str]:
    """HS256 with something that others know, too: the public key, or our client secret."""

    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        # By hand: the library refuses to do this with a public key.
        signed = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
        return f"{signed}.{_text(hmac.digest(text.encode(), signed.encode(), 'sha256'))}"

    return sign


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@asynccontextmanager
async def a_provider(clock: Callable[[], datetime]) -> AsyncIterator[LoopbackProvider]:
    """A provider on a port of its own."""
    provider = LoopbackProvider(clock)
    application = web.Application(middlewares=[provider.watch])
    application.add_routes(provider.routes())
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        if provider.slow is not None:
            provider.slow.set()
        await runner.cleanup()
