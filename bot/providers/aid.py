"""A service beside the providers, in OpenAI's format: one account whose calls may be repeated.

What it answers in vain is told apart by what can be done: Refusal (this very content), OperatorFault (the key, the
address, the balance), Transient (another try).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.errors import KinetogramError, NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.providers.base import Ping
from bot.providers.bodies import Form, Tree
from bot.providers.faults import ask_fault
from bot.providers.http import Account, Http, Reply

MODELS = "/models"
READ_S = 60.0
TOTAL_S = 90.0
UNFIT = frozenset({400, 413, 415, 422})
"""What the content may be the cause of."""
NO_LIST = frozenset({404, 405})


class Aid:
    """`refusal` is the key of what is said where the service will not take what it was given."""

    refusal = "aid-refused"

    def __init__(self, account: Account, model: str, http: Http) -> None:
        self._account = account
        self._model = model
        self._http = http

    async def call(self, path: str, content: Tree | Form) -> Mapping[str, Any]:
        """The object that was answered. Asking twice is harmless, so an answer that was lost is a Transient too."""
        try:
            reply = await self._http.create(self._account, path, content, READ_S, TOTAL_S)
        except (NotTaken, Uncertain) as error:
            raise Transient(error.key, **self._account.who) from None
        if reply.ok and reply.mapping:
            return reply.mapping
        raise self._fault(reply)

    def unclear(self) -> Transient:
        """An answer that does not hold what was asked for."""
        return Transient("provider-answer-unclear", **self._account.who, status=200)

    def _fault(self, reply: Reply) -> KinetogramError:
        if 200 <= reply.status < 300 and reply.kind != "html":
            return self.unclear()
        if reply.status >= 500:
            return Transient("provider-down", reply.retry_after_s, **self._account.who, status=reply.status)
        if reply.status in UNFIT and reply.kind != "html":
            return self._unfit(reply)
        fault = ask_fault(reply, self._account)
        return fault if isinstance(fault, OperatorFault | Transient) else OperatorFault(fault.key, **fault.data)

    def _unfit(self, reply: Reply) -> KinetogramError:  # noqa: ARG002 - some tell more by the answer
        return Refusal(self.refusal)

    async def ping(self) -> Ping:
        """The list of models costs nothing and needs a good key. Where there is none the address alone is proven."""
        told = {**self._account.who, "model": self._model}
        try:
            reply = await self._http.ask(self._account, "GET", MODELS)
            if reply.ok:
                is_listed = self._model in _ids(reply)
                return Ping(ok=is_listed, key="aid-ok" if is_listed else "aid-not-listed", data=told)
            if reply.status in NO_LIST and reply.kind != "html":
                return Ping(ok=True, key="aid-without-list", data=told)
            raise ask_fault(reply, self._account)
        except Transient as error:
            return Ping(ok=False, key="aid-unreachable", data={**told, "why": str(error.data.get("status", ""))})
        except KinetogramError as error:
            return Ping(ok=False, key=error.key, data={"detail": "", **error.data})


def _ids(reply: Reply) -> set[str]:
    listed = reply.mapping.get("data")
    return {str(item.get("id")) for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
