"""Secrets that the service makes for itself, once, and keeps in its database."""

from __future__ import annotations

import base64

from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("directory")
BYTES = 32


async def secret(env: Env, name: str) -> str:
    """A named secret, made when first asked for; 43 URL-safe characters."""
    fresh = base64.urlsafe_b64encode(env.random_bytes(BYTES)).rstrip(b"=").decode()

    async def use_case(tx: Transaction) -> str:
        await tx.run(Q.keep_secret, name=name, value=fresh)
        row = await tx.one(Q.secret, name=name)
        return str(row["value"]) if row is not None else fresh

    return await env.store.transact(use_case)
