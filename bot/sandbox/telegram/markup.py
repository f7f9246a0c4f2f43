"""Inline keyboards as Telegram checks them."""

from bot.sandbox.telegram.errors import JsonDict, bad

_MAX_ROW = 8
_MAX_BUTTONS = 100
_MAX_DATA_BYTES = 64
_MAX_COPY_CHARS = 256
_STYLES = frozenset({"danger", "success", "primary"})
_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def check_markup(markup: JsonDict | None, *, is_private: bool, is_invoice: bool = False) -> JsonDict:
    """The `reply_markup` field of a message, empty when there is no inline keyboard; raises ApiError 400."""
    rows = (markup or {}).get("inline_keyboard")
    if not rows or not any(rows):
        return {}
    if any(len(row) > _MAX_ROW for row in rows) or sum(len(row) for row in rows) > _MAX_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    buttons = [button for row in rows for button in row]
    for number, button in enumerate(buttons):
        _check_button(button, is_private=is_private)
        if "pay" in button and (number > 0 or not is_invoice):
            raise bad("BUTTON_TYPE_INVALID")
    return {"reply_markup": {"inline_keyboard": [row for row in rows if row]}}


def _check_button(button: JsonDict, *, is_private: bool) -> None:
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if len(actions) != 1:
        raise bad("can't parse inline keyboard button: exactly one action is needed")
    if button.get("style", "primary") not in _STYLES:
        raise bad("can't parse inline keyboard button: unknown style")
    _check_action(actions[0], button, is_private=is_private)


def _check_action(action: str, button: JsonDict, *, is_private: bool) -> None:
    match action:
        case "callback_data" if not 1 <= len(button["callback_data"].encode()) <= _MAX_DATA_BYTES:
            raise bad("BUTTON_DATA_INVALID")
        case "url" if not button["url"].startswith(("http://", "https://", "tg://")):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        case "web_app" if not is_private:
            raise bad("BUTTON_TYPE_INVALID")
        case "copy_text" if not 1 <= len(button["copy_text"]["text"]) <= _MAX_COPY_CHARS:
            raise bad("COPY_TEXT_INVALID")
        case _:
            return
