"""The same format as vLLM-Omni serves it: failures with a 500, and videos that can be stopped."""

from tests.providers.case import Can
from tests.providers.videos import videos

CASE = videos("vllm-omni", Can.KEYED_FILES, Can.CANCEL, Can.STOP)
