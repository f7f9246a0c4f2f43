"""The `telegram.Bot` as this service uses it."""

from __future__ import annotations

import logging
from typing import Final

import telegram
from telegram.request import BaseRequest

PUBLIC_API: Final = "https://api.telegram.org"


class Bot(telegram.Bot):
    """PTB's Bot, but its `repr` (and so any log of it) does not show the token."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def build_bot(
    token: str,
    *,
    request: BaseRequest,
    polling: BaseRequest,
    api_url: str = PUBLIC_API,
    local_mode: bool = False,
) -> Bot:
    """A Bot for the server at `api_url`; `polling` is the transport of getUpdates alone."""
    # at DEBUG the library logs its addresses, token and all, and everybody's words
    logging.getLogger("telegram").setLevel(logging.INFO)
    root = api_url.rstrip("/")
    return Bot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=request,
        get_updates_request=polling,
        local_mode=local_mode,
    )
