"""Inline queries: answered here and at once; what is offered is the asker's own."""

from __future__ import annotations

import contextlib

from telegram import InlineQueryResultCachedVideo, InlineQueryResultsButton, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.services import inline
from handlers.inbound import user_ref
from handlers.kit import Context, kit_of

CACHE_S = 5
"""A video that was just finished should be there."""


async def on_inline(update: Update, context: Context) -> None:
    """The person's videos. A query lives for seconds: one that can't be answered any more is no fault."""
    query = update.inline_query
    if query is None:
        return
    env = kit_of(context).env
    offer = await inline.offer(env, update.update_id, user_ref(query.from_user), query.query, query.offset)
    if offer is None:
        return
    results = [
        InlineQueryResultCachedVideo(
            clip.code, clip.file_id, clip.title, description=clip.about, caption=clip.caption, parse_mode=ParseMode.HTML
        )
        for clip in offer.clips
    ]
    button = InlineQueryResultsButton(offer.none, start_parameter="inline") if offer.none else None
    with contextlib.suppress(TelegramError):
        await query.answer(results, cache_time=CACHE_S, is_personal=True, next_offset=offer.more, button=button)
