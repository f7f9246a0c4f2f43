"""The same format as SGLang serves it: errors in `detail`, no prompt in an answer, a DELETE that stops nothing.

It makes as many seconds as it is asked for; what it does not take is a prompt without words.
"""

from tests.providers.case import Can
from tests.providers.videos import videos

CASE = videos("sglang", Can.KEYED_FILES, wrong={"prompt": ""})
