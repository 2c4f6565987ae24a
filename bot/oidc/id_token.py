"""Reads an ID token: who signed it, for whom, when, and which address it names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from bot.oidc.faults import Fault, ProviderFault

#: signatures with a key of which only the provider has the secret half; never ``none``, and
#: never HS…, for which our own client secret or the published key would do
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
KEY_KINDS = ("RSA", "EC")
#: two clocks differ by this at most
LEEWAY_S = 60
MAX_TOKEN = 20_000
MAX_KEYS = 50


class UnknownKey(ProviderFault):
    """Signed with a key that is not in the set; the provider may have changed its keys."""


def read_keys(document: object) -> KeySet:
    """The public signing keys of a JWKS document; others in it are left out.

    :raises ProviderFault: it holds none.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise ProviderFault(Fault.STRANGE, "keys")
    usable = [
        key
        for key in listed
        if isinstance(key, dict) and key.get("kty") in KEY_KINDS and key.get("use") != "enc"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFault(Fault.STRANGE, "keys") from error


def read_id_token(
    raw: object, keys: KeySet, *, issuer: str, client_id: str, nonce: str, access_token: str | None,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The claims of a token that is signed, for us, of this sign-in and of now.

    :raises UnknownKey: none of these keys signed it.
    :raises ProviderFault: anything else about it is wrong.
    """
    if not isinstance(raw, str) or not raw.isascii() or len(raw) > MAX_TOKEN:
        raise ProviderFault(Fault.TOKEN_REFUSED, "shape")
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    wanted = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "nonce": {"essential": True, "value": nonce},
        **{name: {"essential": True} for name in ("sub", "exp", "iat")},
    }
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    try:
        token = jwt.decode(raw, keys, registry=registry)
        claims = CodeIDToken(token.claims, token.header, wanted, params)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except InvalidKeyIdError as error:
        raise UnknownKey(Fault.TOKEN_REFUSED, "key") from error
    except JoseError as error:
        raise ProviderFault(Fault.TOKEN_REFUSED, _code(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProviderFault(Fault.TOKEN_REFUSED, "shape") from error
    if claims["aud"] not in (client_id, [client_id]):
        # Somebody else's token that also names us; we trust no other audience.
        raise ProviderFault(Fault.TOKEN_REFUSED, "aud")
    return dict(claims)


def _code(error: JoseError) -> str:
    """The kind of error and, for a claim, which one. Its text may hold values."""
    return f"{error.error}:{getattr(error, 'claim', '')}".rstrip(":")[:60]
