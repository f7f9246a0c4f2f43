"""Money that is paid in, and taken back, on an account: two ledger entries that the payment stories share."""

from __future__ import annotations

from bot.core.ledger import Bucket, Entry, EntryKind
from bot.core.money import Microusd
from bot.services import accounts
from bot.services.env import Env
from bot.storage.base import Transaction
from bot.storage.queries import load

Q = load("accounts")


async def paid_in(env: Env, tx: Transaction, account_id: int, amount: Microusd, charge: str) -> Microusd:
    """A top-up, once a charge. Answers the balance."""
    await _book(env, tx, account_id, "TOPUP", amount, f"topup:{charge}")
    return await accounts.balance_of(tx, account_id)


async def taken_back(env: Env, tx: Transaction, account_id: int, amount: Microusd, charge: str, nth: int) -> Microusd:
    """The money of a payment leaves with its `nth` refund, below zero if it was spent. Answers the balance."""
    await _book(env, tx, account_id, "REFUND", Microusd(-amount), f"refund:{charge}:{nth}")
    return await accounts.balance_of(tx, account_id)


async def put_back(env: Env, tx: Transaction, account_id: int, amount: Microusd, charge: str, nth: int) -> None:
    """Telegram refused the `nth` refund: what it took is on the account again."""
    await _book(env, tx, account_id, "ADJUST", amount, f"refund-undone:{charge}:{nth}")


async def _book(
    env: Env, tx: Transaction, account_id: int, kind: EntryKind, amount: Microusd, business_id: str
) -> None:
    entry = Entry(kind, Bucket.BALANCE, amount, business_id)
    await accounts._book(env, tx, account_id, entry, None, env.now_ms())  # noqa: SLF001 - until accounts offers it
