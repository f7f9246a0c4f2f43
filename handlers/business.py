"""Business accounts: only an owner's own /video to a client is heard there, and nothing is answered there."""

from __future__ import annotations

from dataclasses import replace

import structlog
from telegram import BusinessConnection, Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest

from bot.services import business
from bot.services.business import Client, Connection
from bot.services.directory import ChatRef
from handlers.inbound import VIDEO_COMMAND, command_of, heard, media_of, user_ref
from handlers.kit import Context, kit_of
from handlers.members import know_member

log = structlog.get_logger(__name__)


async def on_connection(update: Update, context: Context) -> None:
    """A person connected the bot, changed its rights, switched it off or on."""
    told = update.business_connection
    if told is not None:
        kit = kit_of(context)
        await business.follow(kit.env, _connection(told), update.update_id)
        kit.ring()


async def on_business(update: Update, context: Context) -> None:
    """A message in a chat of a business account. What is not heard is blanked with its update."""
    message, user, edited = update.business_message, None, False
    if message is None:
        message, edited = update.edited_business_message, True
    if message is None or message.business_connection_id is None or (user := owner_of(message)) is None:
        return
    name = context.bot.username
    if orders(message, name):
        await _order(update, context, message, user, edited=edited)
    elif not edited and message.media_group_id is not None and media_of(message) is not None:
        item = replace(heard(update.update_id, message, user, name, edited=False), source=None, text=None)
        await business.hear(kit_of(context).env, item, message.business_connection_id, _client(message))


async def _order(update: Update, context: Context, message: Message, user: User, *, edited: bool) -> None:
    kit, connection = kit_of(context), message.business_connection_id or ""
    if not await business.is_on(kit.env, connection):
        await _learn(context, connection)
    await know_member(kit, context.bot, user, ChatRef(user.id, "private", user.full_name))
    order = heard(update.update_id, message, user, context.bot.username, edited=edited)
    await business.hear(kit.env, order, connection, _client(message))
    kit.ring()


async def _learn(context: Context, connection: str) -> None:
    """A connection of which no update came, or was forgotten, is asked for."""
    try:
        told = await context.bot.get_business_connection(connection)
    except BadRequest as error:
        log.info("business-connection-unknown", why=error.message)
        return
    await business.follow(kit_of(context).env, _connection(told))


def owner_of(message: Message) -> User | None:
    """The owner, if it is they who wrote this, by hand, to somebody else; a client's own chat id is the client's."""
    user = message.from_user
    if user is None or user.is_bot or message.chat.type != ChatType.PRIVATE or message.chat.id == user.id:
        return None
    by_itself = message.sender_business_bot is not None or message.via_bot is not None or message.is_from_offline
    return None if by_itself or message.forward_origin is not None else user


def orders(message: Message, bot_username: str) -> bool:
    """Whether a message begins with /video, as text or as a caption."""
    return command_of(message, bot_username)[0] == VIDEO_COMMAND


def _client(message: Message) -> Client:
    return Client(message.chat.id, message.chat.full_name or message.chat.username or str(message.chat.id))


def _connection(told: BusinessConnection) -> Connection:
    can_reply = told.rights is not None and bool(told.rights.can_reply)
    return Connection(told.id, user_ref(told.user), told.user_chat_id, can_reply, told.is_enabled)
