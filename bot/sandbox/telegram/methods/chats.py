"""Chats, members and command menus."""

from bot.sandbox.telegram.errors import JsonDict, bad
from bot.sandbox.telegram.groups import bot_status_changed, member_api
from bot.sandbox.telegram.menus import check_commands, key_of
from bot.sandbox.telegram.methods.call import MethodCall
from bot.sandbox.telegram.render import chat_api
from bot.sandbox.telegram.world import Chat


def _group(call: MethodCall) -> Chat:
    chat = call.chat()
    if chat.is_private:
        raise bad("there are no administrators in the private chat")
    if chat.is_direct:
        raise bad("CHANNEL_MONOFORUM_UNSUPPORTED")
    return chat


async def get_chat(call: MethodCall) -> JsonDict:
    """What is known of a chat."""
    world = call.exchange.world
    chat = world.known_to_bot(call.params["chat_id"])
    accepted = {
        "unlimited_gifts": True,
        "limited_gifts": True,
        "unique_gifts": True,
        "premium_subscription": True,
        "gifts_from_channels": True,
    }
    parent = {"parent_chat": chat_api(world, world.chats[chat.parent_id])} if chat.parent_id is not None else {}
    return (
        chat_api(world, chat)
        | parent
        | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}
    )


async def get_chat_member(call: MethodCall) -> JsonDict:
    """One person's standing; of others it is promised to administrators only, given to all here."""
    chat = call.chat()
    if call.params["user_id"] not in call.exchange.world.users:
        raise bad("invalid user_id specified")
    return member_api(call.exchange.world, chat, call.params["user_id"])


async def get_chat_administrators(call: MethodCall) -> list[JsonDict]:
    """The administrators, bots other than this one left out."""
    chat = _group(call)
    admins = [user for user in chat.people() if chat.is_admin(user)]
    admins += [call.exchange.bot_id] if chat.bot_status == "administrator" else []
    return [member_api(call.exchange.world, chat, user) for user in admins]


async def leave_chat(call: MethodCall) -> bool:
    """Go."""
    bot_status_changed(call.exchange, _group(call), "left", call.exchange.bot_id)
    return True


async def set_my_commands(call: MethodCall) -> bool:
    """A command menu for a scope and language."""
    commands = check_commands(call.params["commands"])
    call.exchange.menus.set(key_of(call.get("scope"), call.get("language_code")), commands)
    _tell(call)
    return True


async def get_my_commands(call: MethodCall) -> list[JsonDict]:
    """The menu of exactly this scope and language."""
    return call.exchange.menus.get(key_of(call.get("scope"), call.get("language_code")))


async def delete_my_commands(call: MethodCall) -> bool:
    """No menu there."""
    call.exchange.menus.set(key_of(call.get("scope"), call.get("language_code")), [])
    _tell(call)
    return True


def _tell(call: MethodCall) -> None:
    for user in call.exchange.world.users.values():
        commands = call.exchange.menus.shown(None, user.id, user.language)
        call.exchange.tell_people([user.id], {"type": "commands", "commands": commands})


CHATS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
}
