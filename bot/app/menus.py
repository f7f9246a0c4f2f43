"""Command menus at Telegram: for private chats, groups, their administrators and operators, in every language."""

from __future__ import annotations

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest

from bot.services.env import Env
from bot.services.menus import menus

FALLBACK = "en"
"""Shown to people whose language the bot does not speak: Telegram keeps it without a language."""

log = structlog.get_logger(__name__)


async def show(bot: Bot, env: Env) -> None:
    """Sets every menu. Raises TelegramError when Telegram can't be reached."""
    shown = menus(env.policy)
    scopes: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), shown.groups),
        (BotCommandScopeAllPrivateChats(), shown.private),
        (BotCommandScopeAllGroupChats(), shown.groups),
        (BotCommandScopeAllChatAdministrators(), shown.moderators),
    ]
    for scope, names in scopes:
        await _set(bot, env, scope, names)
    for operator in sorted(env.policy.operator_ids):
        try:
            await _set(bot, env, BotCommandScopeChat(operator), shown.operators)
        except BadRequest as error:  # an operator who never wrote to the bot has no chat with it yet
            log.info("operator-menu-later", why=error.message)


async def _set(bot: Bot, env: Env, scope: BotCommandScope, names: tuple[str, ...]) -> None:
    for language in env.texts.languages:
        menu = [BotCommand(name, env.texts.plain(language, f"command-{name}")) for name in names]
        await bot.set_my_commands(menu, scope=scope, language_code=None if language == FALLBACK else language)
