"""How the bot learns of things: itself, updates, the webhook, files."""

import re

from bot.sandbox.telegram.errors import ApiError, JsonDict, bad, conflict
from bot.sandbox.telegram.methods.call import MethodCall
from bot.sandbox.telegram.webhook import Target

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_me(call: MethodCall) -> JsonDict:
    """The bot as a User."""
    return call.exchange.world.bot.api() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.exchange.settings.privacy_mode,
        "supports_guest_queries": True,
        "supports_inline_queries": call.exchange.settings.inline,
        "can_connect_to_business": call.exchange.settings.business,
        "has_main_web_app": False,
    }


async def get_updates(call: MethodCall) -> list[JsonDict]:
    """Long polling."""
    if call.exchange.webhook.target is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    call.exchange.updates.allow(call.get("allowed_updates"))
    return await call.exchange.updates.fetch(call.get("offset", 0), call.get("limit", 100), call.get("timeout", 0))


async def set_webhook(call: MethodCall) -> bool:
    """Start posting updates; an empty URL stops it."""
    if not call.get("url"):
        return await delete_webhook(call)
    if not call.params["url"].startswith(("http://", "https://")):
        raise bad("bad webhook: invalid webhook URL specified")
    if "secret_token" in call.params and not _SECRET.fullmatch(call.params["secret_token"]):
        raise bad("secret token contains unallowed characters")
    if not 1 <= call.get("max_connections", 40) <= 100:
        raise bad("max_connections must be in 1..100")
    _drop(call)
    call.exchange.updates.allow(call.get("allowed_updates"))
    target = Target(call.params["url"], call.get("secret_token"), call.get("max_connections", 40))
    await call.exchange.webhook.set(target)
    return True


async def delete_webhook(call: MethodCall) -> bool:
    """Back to polling."""
    _drop(call)
    await call.exchange.webhook.set(None)
    return True


def _drop(call: MethodCall) -> None:
    if call.get("drop_pending_updates"):
        call.exchange.updates.drop_all()


async def get_webhook_info(call: MethodCall) -> JsonDict:
    """What the webhook does."""
    return call.exchange.webhook.info()


async def get_file(call: MethodCall) -> JsonDict:
    """A link for a download, up to 20 MB."""
    return call.exchange.files.link(call.params["file_id"])


async def log_out(_: MethodCall) -> bool:
    """Leave the cloud server."""
    return True


async def close(call: MethodCall) -> bool:
    """Before a move between local servers; a webhook must be gone first."""
    if call.exchange.webhook.target is not None:
        raise ApiError(400, "Bad Request: webhook must be deleted first")
    return True


RECEIVING = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "logOut": log_out,
    "close": close,
}
