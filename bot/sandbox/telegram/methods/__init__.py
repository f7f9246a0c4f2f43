"""The methods of the Bot API that the sandbox really does; the rest of `api.json` is validated and refused."""

from collections.abc import Awaitable, Callable

from bot.sandbox.telegram.methods.business import BUSINESS
from bot.sandbox.telegram.methods.call import MethodCall
from bot.sandbox.telegram.methods.chats import CHATS
from bot.sandbox.telegram.methods.edits import EDITS
from bot.sandbox.telegram.methods.gestures import GESTURES
from bot.sandbox.telegram.methods.payments import PAYMENTS
from bot.sandbox.telegram.methods.receiving import RECEIVING
from bot.sandbox.telegram.methods.sends import SENDS

Method = Callable[[MethodCall], Awaitable[object]]

METHODS: dict[str, Method] = {**RECEIVING, **SENDS, **EDITS, **GESTURES, **CHATS, **PAYMENTS, **BUSINESS}

__all__ = ["METHODS", "Method", "MethodCall"]
