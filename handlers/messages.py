"""Messages and edits: one door for text, captions and media, so that a command in a caption is a command too."""

from __future__ import annotations

from telegram import Message, Update, User
from telegram.constants import ChatType

from bot.services import asking, commands, groups
from handlers.inbound import (
    ASKING,
    asked,
    chat_ref,
    command_of,
    heard,
    is_as_group,
    media_of,
    mentions,
    user_ref,
    words_of,
)
from handlers.kinds import useless
from handlers.kit import Context, kit_of
from handlers.members import know_admins, know_member, parent_of


async def on_message(update: Update, context: Context) -> None:
    """A new message: a request, a command, something for the tray, or nothing of ours."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id is not None:
        await groups.migrate(kit_of(context).env, update.update_id, message.chat.id, message.migrate_to_chat_id)
        return
    if message.migrate_from_chat_id is not None:
        await groups.migrate(kit_of(context).env, update.update_id, message.migrate_from_chat_id, message.chat.id)
        return
    if message.left_chat_member is not None:  # heard also where the bot is no administrator
        left = message.left_chat_member
        await groups.member_left(kit_of(context).env, update.update_id, user_ref(left), chat_ref(message.chat))
        return
    user = await _speaker(update, context, message)
    if user is None:
        return
    kit, name = kit_of(context), context.bot.username
    await know_member(kit, context.bot, user, chat_ref(message.chat))
    if _is_ours(message, context):
        return
    command, words = command_of(message, name)
    if command is not None and command not in ASKING:
        if command in commands.RANKED:
            await know_admins(kit, context.bot, chat_ref(message.chat))
        as_group = message.sender_chat is not None  # nobody else is heard by another name than their own
        await commands.run(kit.env, command, asked(update.update_id, message, user, words, as_group=as_group))
    elif words_of(message) is not None or media_of(message) is not None or useless(message) is not None:
        await asking.hear(kit.env, heard(update.update_id, message, user, name, edited=False))
    kit.ring()


async def on_edit(update: Update, context: Context) -> None:
    """An edited message amends what is not sent yet; edited commands do not run again."""
    message = update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot or _is_ours(message, context):
        return
    if message.sender_chat is not None:  # a channel's post that was edited: Telegram itself passes it on
        return
    if words_of(message) is None and media_of(message) is None:
        return
    kit, name = kit_of(context), context.bot.username
    command, _ = command_of(message, name)
    if command is None or command in ASKING:
        await asking.hear(kit.env, heard(update.update_id, message, message.from_user, name, edited=True))
        kit.ring()


async def on_channel_post(update: Update, context: Context) -> None:
    """A post has no writer whom a video could be charged to: what asks for one is answered, nothing else is heard."""
    post = update.channel_post
    if post is None:
        return
    command, words = command_of(post, context.bot.username)
    if command in ASKING or mentions(post, context.bot.username):
        kit = kit_of(context)
        await groups.explain_channel(kit.env, asked(update.update_id, post, _sender(post), words))
        kit.ring()


async def _speaker(update: Update, context: Context, message: Message) -> User | None:
    """The person who speaks; other bots are not heard, anonymous senders are told why they can't be."""
    user = message.from_user
    if message.sender_chat is not None and message.chat.type != ChatType.PRIVATE:
        command, _ = command_of(message, context.bot.username)
        if command in commands.MODERATING and await _is_as_group(message, context):
            return user
        if command is not None and not message.is_automatic_forward:
            await groups.explain_anonymous(kit_of(context).env, asked(update.update_id, message, _sender(message), ""))
            kit_of(context).ring()
        return None
    return None if user is None or user.is_bot else user


async def _is_as_group(message: Message, context: Context) -> bool:
    """Whether administrators speak in a name of their own: the group's, or the channel's in its direct messages."""
    if not message.chat.is_direct_messages:
        return is_as_group(message)
    parent = await parent_of(kit_of(context), context.bot, message.chat.id)
    return message.sender_chat is not None and message.sender_chat.id == parent


def _is_ours(message: Message, context: Context) -> bool:
    """Whether a person only showed one of their videos, chosen after the bot's name: that asks for nothing."""
    return message.via_bot is not None and message.via_bot.id == context.bot.id


def _sender(message: Message) -> User:
    """Who stands in for an anonymous sender: Telegram's own placeholder."""
    return message.from_user or User(message.chat.id, message.chat.title or "", is_bot=True)
