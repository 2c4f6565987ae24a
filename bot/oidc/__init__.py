"""Signing in with accounts of the municipality: OpenID Connect, authorization code with PKCE.

Authlib makes the requests and checks the token; the house's own HTTP client carries them, with
caps. Nothing here touches the database, and no token outlives the call that fetched it.
"""
