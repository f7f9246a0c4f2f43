"""Standard Webhooks, against Kling's published vector and all that a forger might try."""

from __future__ import annotations

import pytest

from bot.providers.webhooks import TOLERANCE_S, key_of, verified

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
NOW_S = 1_781_080_794
BODY = b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}'
SIGNATURE = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
HEADERS = {"webhook-id": "9876543210", "webhook-timestamp": str(NOW_S), "webhook-signature": SIGNATURE}


def test_the_published_vector_is_true() -> None:
    assert verified(SECRET, HEADERS, BODY, NOW_S)
    assert verified(SECRET.removeprefix("whsec_"), HEADERS, BODY, NOW_S)
    assert verified(SECRET, {name.title(): value for name, value in HEADERS.items()}, BODY, NOW_S)


def test_one_right_signature_among_several_is_enough() -> None:
    several = {**HEADERS, "webhook-signature": f"v1,AAAA v2,{SIGNATURE[3:]} {SIGNATURE}"}
    assert verified(SECRET, several, BODY, NOW_S)


@pytest.mark.parametrize("late_s", [TOLERANCE_S + 1, -TOLERANCE_S - 1])
def test_an_old_or_early_callback_is_nobody_s(late_s: int) -> None:
    assert not verified(SECRET, HEADERS, BODY, NOW_S + late_s)


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": str(NOW_S + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": SIGNATURE.replace("v1", "v2")},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v1,ключ"},
    ],
)
def test_a_changed_header_is_nobody_s(changes: dict[str, str]) -> None:
    assert not verified(SECRET, {**HEADERS, **changes}, BODY, NOW_S)


def test_changed_words_or_another_secret_are_nobody_s() -> None:
    assert not verified(SECRET, HEADERS, BODY + b" ", NOW_S)
    assert not verified("whsec_aGVsbG8=", HEADERS, BODY, NOW_S)
    assert not verified(SECRET, {}, BODY, NOW_S)


def test_a_secret_that_is_no_base64_is_told() -> None:
    with pytest.raises(ValueError, match="base64"):
        key_of("whsec_?")
