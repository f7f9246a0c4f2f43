"""The `/v1/videos` format as OpenAI had it."""

from bot.sandbox.providers.wire import Fault, Trouble
from tests.providers.case import Can
from tests.providers.videos import videos

BROKE = Fault(Trouble.STATUS, status=429, code="insufficient_quota")
CASE = videos("official", Can.KEYED_FILES, Can.LINK_EXPIRY, broke=BROKE)
