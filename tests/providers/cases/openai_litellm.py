"""The same format behind LiteLLM's gateway: long ids with `=` and `/` in them, and nothing that can be stopped."""

from tests.providers.case import Can
from tests.providers.videos import videos

CASE = videos("litellm", Can.KEYED_FILES, Can.LINK_EXPIRY)
