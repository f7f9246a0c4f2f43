"""All handlers, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Message, Update
from telegram.ext import (
    Application,
    BusinessConnectionHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    PreCheckoutQueryHandler,
    filters,
)

from bot.services import business, groups
from handlers.business import on_business, on_connection, orders, owner_of
from handlers.buttons import on_press
from handlers.guests import on_guest
from handlers.inbound import chat_ref, user_ref
from handlers.inline import on_inline
from handlers.kit import Kit, give
from handlers.members import on_member, on_own_member
from handlers.messages import on_channel_post, on_edit, on_message
from handlers.payments import on_checkout, on_paid, on_refunded
from handlers.previews import StopHandler, on_stopped

App = Application[Any, Any, Any, Any, Any, Any]


def build(bot: Bot, kit: Kit) -> App:
    """PTB's application as a router only: no updater, no job queue, no persistence."""
    application: App = Application.builder().bot(bot).updater(None).job_queue(None).build()
    give(application, kit)
    application.add_handler(PreCheckoutQueryHandler(on_checkout))
    application.add_handler(BusinessConnectionHandler(on_connection))
    application.add_handler(MessageHandler(filters.UpdateType.BUSINESS_MESSAGES, on_business))
    application.add_handler(MessageHandler(filters.SUCCESSFUL_PAYMENT, on_paid))
    application.add_handler(MessageHandler(filters.StatusUpdate.REFUNDED_PAYMENT, on_refunded))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, on_message))
    application.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, on_edit))
    application.add_handler(MessageHandler(filters.UpdateType.CHANNEL_POST, on_channel_post))
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, on_guest))
    application.add_handler(CallbackQueryHandler(on_press))
    application.add_handler(StopHandler(on_stopped))
    application.add_handler(InlineQueryHandler(on_inline))
    application.add_handler(ChatMemberHandler(on_member, ChatMemberHandler.CHAT_MEMBER))
    application.add_handler(ChatMemberHandler(on_own_member, ChatMemberHandler.MY_CHAT_MEMBER))
    return application


async def handle(application: App, raw: Mapping[str, Any]) -> None:
    """Runs the handlers of one raw update; what they raise is raised here, so the inbox keeps the update."""
    update = Update.de_json(dict(raw), application.bot)
    context = application.context_types.context.from_update(update, application)
    for handlers in application.handlers.values():
        for handler in handlers:
            check = handler.check_update(update)
            if check is not None and check is not False:
                await handler.handle_update(update, application, check, context)
                return


async def give_up(application: App, kit: Kit, raw: Mapping[str, Any]) -> None:
    """The person is told in one calm sentence."""
    update = Update.de_json(dict(raw), application.bot)
    said = update.business_message or update.edited_business_message
    if said is not None:  # never there: its chat's id is the client's
        await _give_up_order(application, kit, said, update.update_id)
        return
    message, user = update.effective_message, update.effective_user
    if message is None or user is None or update.guest_message is not None:  # a guest can write nothing there
        return
    chat = chat_ref(message.chat, message)
    await groups.apologise(kit.env, user_ref(user), chat, message.message_id, update.update_id)
    kit.ring()


async def _give_up_order(application: App, kit: Kit, said: Message, update_id: int) -> None:
    user = owner_of(said)
    if user is not None and orders(said, application.bot.username):
        await business.apologise(kit.env, said.business_connection_id or "", user_ref(user), update_id)
        kit.ring()
