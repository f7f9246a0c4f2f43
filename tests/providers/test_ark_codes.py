"""Ark's error codes: each has one meaning, and an unknown one is read by its status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import NotTaken, OperatorFault, Refusal, Transient, Uncertain
from bot.core.request import Role
from bot.providers.ark.codes import ask_error, create_error, task_error
from bot.providers.http import Reply
from tests.providers.kit import ACCOUNT, image, order

PATH = Path("made-up.png")


def img(ordinal: int = 1, role: Role = Role.REFERENCE, size_bytes: int = 1, url: str | None = None) -> Any:
    return image(PATH, ordinal, role, size_bytes=size_bytes, url=url)


CODES = [
    ("MissingParameter", "", "provider-refused-request"),
    ("MissingParameter.content", "", "provider-refused-request"),
    ("InvalidParameter", "", "provider-refused-request"),
    ("InvalidParameter.PixelCountTooSmall", "", "provider-refused-request"),
    ("InvalidParameter.TaskTypeConstraint", "", "provider-refused-request"),
    ("InvalidImageURL.EmptyURL", "", "provider-refused-request"),
    ("InvalidEndpoint.ClosedEndpoint", "", "provider-model-not-open"),
    ("SensitiveContentDetected.Violence", "", "refused-text"),
    ("InputTextSensitiveContentDetected", "", "refused-text"),
    ("InputTextRiskDetection", "", "refused-text"),
    ("InputImageSensitiveContentDetected", "", "refused-media"),
    ("InputImageRiskDetection", "", "refused-media"),
    ("InputVideoSensitiveContentDetected", "", "refused-media"),
    ("InputAudioSensitiveContentDetected", "", "refused-media"),
    ("InputImageSensitiveContentDetected.PrivacyInformation", "", "refused-face"),
    ("InputVideoSensitiveContentDetected.PrivacyInformation", "", "refused-face"),
    ("InputImageSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("InputTextSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("InputOdorSensitiveContentDetected", "", "refused-text"),
    ("ContentSecurityDetectionError", "", "provider-down"),
    ("OutputVideoSensitiveContentDetected", "", "refused-output"),
    ("OutputImageSensitiveContentDetected", "", "refused-output"),
    ("OutputTextSensitiveContentDetected", "", "refused-output"),
    ("OutputAudioSensitiveContentDetected", "", "refused-output-audio"),
    ("OutputVideoSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("OutputAudioSensitiveContentDetected.PolicyViolation", "", "refused-copyright"),
    ("AuthenticationError", "", "provider-key-refused"),
    ("InvalidAccountStatus", "", "provider-key-refused"),
    ("AccountOverdueError", "", "provider-no-balance"),
    ("OperationDenied.ServiceOverdue", "", "provider-no-balance"),
    ("OperationDenied.ServiceNotOpen", "", "provider-model-not-open"),
    ("OperationDenied.Whatever", "", "provider-denied"),
    ("AccessDenied", "", "provider-denied"),
    ("InvalidEndpointOrModel.NotFound", "", "provider-model-not-open"),
    ("InvalidEndpointOrModel.ModelIDAccessDisabled", "", "provider-model-not-open"),
    ("ModelNotOpen", "", "provider-model-not-open"),
    ("UnsupportedModel", "", "provider-model-not-open"),
    ("RateLimitExceeded.EndpointRPMExceeded", "", "provider-throttled"),
    ("ModelAccountRpmRateLimitExceeded", "", "provider-throttled"),
    ("APIAccountRpmRateLimitExceeded", "", "provider-throttled"),
    ("AccountRateLimitExceeded", "", "provider-throttled"),
    ("RequestBurstTooFast", "", "provider-throttled"),
    ("ServerOverloaded", "", "provider-throttled"),
    ("InflightBatchsizeExceeded", "", "provider-throttled"),
    ("QuotaExceeded", "The request has exceeded the quota.", "provider-queue-full"),
    ("QuotaExceeded", "Your free trial is used up.", "provider-quota-used"),
    ("QuotaExceeded", "The weekly plan quota resets at 12:00.", "provider-quota-used"),
    ("SetLimitExceeded", "", "provider-quota-used"),
]


def refusal(code: str, message: str = "", status: int = 400) -> Reply:
    return Reply(status, "json", {"error": {"code": code, "message": message, "param": "", "type": ""}}, 9.0)


@pytest.mark.parametrize(("code", "message", "key"), CODES)
def test_every_code_has_its_meaning(code: str, message: str, key: str) -> None:
    assert create_error(refusal(code, message), ACCOUNT, order()).key == key


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (400, "SomethingNew", "provider-refused-request"),
        (404, "NotFound.Model", "provider-wrong-address"),
        (401, "", "provider-key-refused"),
        (402, "", "provider-no-balance"),
        (403, "", "provider-denied"),
        (413, "InvalidParameter", "request-too-big"),
        (429, "SomethingNew", "provider-throttled"),
        (503, "InternalServiceError", "provider-down"),
    ],
)
def test_an_unknown_code_is_read_by_its_status(status: int, code: str, key: str) -> None:
    assert create_error(refusal(code, status=status), ACCOUNT, order()).key == key


@pytest.mark.parametrize("status", [408, 500, 502, 504])
@pytest.mark.parametrize("code", ["InternalServiceError", "InvalidParameter", "RateLimitExceeded", ""])
def test_a_status_that_may_hide_a_task_outweighs_any_code(status: int, code: str) -> None:
    assert isinstance(create_error(refusal(code, status=status), ACCOUNT, order()), Uncertain)


def test_a_throttle_keeps_the_time_told() -> None:
    error = create_error(refusal("RateLimitExceeded", status=429), ACCOUNT, order())
    assert isinstance(error, NotTaken)
    assert error.retry_after_s == 9


def test_blame_is_read_by_place_and_only_where_there_is_a_reference() -> None:
    message = "input image 'content[1]' 'content[3]' 'content[1]' 'content[0]' 'content[99]' may contain real person."
    error = create_error(
        refusal("InputImageSensitiveContentDetected.PrivacyInformation", message),
        ACCOUNT,
        order("x", img(1), img(2), img(7)),
    )
    assert error.data["labels"] == "@image1 @image7"


def test_a_refused_sound_offers_to_leave_it_out() -> None:
    error = task_error(refusal("OutputAudioSensitiveContentDetected").mapping, ACCOUNT)
    assert isinstance(error, Refusal)
    assert [(mend.action, mend.value) for mend in error.mends] == [("set_audio", {"audio": 0})]


@pytest.mark.parametrize("code", ["InternalServiceError", "ContentSecurityDetectionError", "RateLimitExceeded", ""])
def test_a_task_that_failed_for_no_reason_of_the_asker_just_failed(code: str) -> None:
    assert task_error(refusal(code, "oh").mapping, ACCOUNT).key == "task-failed"


def test_asking_knows_only_what_passes_and_what_the_operator_mends() -> None:
    for status in (400, 401, 403, 404, 409, 429):
        for code, message, _ in CODES:
            error = ask_error(refusal(code, message, status), ACCOUNT)
            assert isinstance(error, Transient | OperatorFault)
            assert not isinstance(error, NotTaken)
