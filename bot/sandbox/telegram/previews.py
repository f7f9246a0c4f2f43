"""Previews (`sendMessageDraft`): a message that is being made, seen by its person for half a minute, with a Stop."""

from bot.sandbox.telegram.errors import ClientError, JsonDict
from bot.sandbox.telegram.exchange import Exchange
from bot.sandbox.telegram.render import chat_api
from bot.sandbox.telegram.world import Chat, Preview

LIFE_MS = 30_000


def show(
    exchange: Exchange, chat: Chat, draft_id: int, body: JsonDict, thread_id: int | None, *, can_stop: bool
) -> None:
    """Show it, or change the one that is there."""
    stoppable = can_stop and exchange.settings.stops
    until_ms = exchange.now_ms() + LIFE_MS
    chat.preview = Preview(draft_id, body, thread_id, until_ms, can_stop=stoppable)
    tell(exchange, chat)


def of(exchange: Exchange, chat: Chat) -> Preview | None:
    """What a chat shows now."""
    if chat.preview is not None and chat.preview.until_ms <= exchange.now_ms():
        chat.preview = None
    return chat.preview


def tell(exchange: Exchange, chat: Chat) -> None:
    """Tell its person how it looks; nothing: it is gone."""
    exchange.tell_people(chat.people(), {"type": "preview", "chat_id": chat.id, "preview": view(exchange, chat)})


def view(exchange: Exchange, chat: Chat) -> JsonDict | None:
    """As the client API shows it."""
    shown = of(exchange, chat)
    if shown is None:
        return None
    return {
        "draft_id": shown.draft_id,
        "text": shown.body["text"],
        "entities": shown.body.get("entities", []),
        "thread_id": shown.thread_id,
        "can_stop": shown.can_stop,
        "until_ms": shown.until_ms,
    }


def stop(exchange: Exchange, chat: Chat, draft_id: int) -> None:
    """A person presses Stop: the preview goes, the bot hears of it. Raises ClientError 409."""
    shown = of(exchange, chat)
    if shown is None or shown.draft_id != draft_id or not shown.can_stop:
        raise ClientError(409, "nothing to stop")
    chat.preview = None
    tell(exchange, chat)
    thread = {"message_thread_id": shown.thread_id} if shown.thread_id else {}
    told = {"chat": chat_api(exchange.world, chat), **thread, "draft_id": draft_id}
    exchange.updates.put("stopped_message_generation", told, f"chat:{chat.id}")
