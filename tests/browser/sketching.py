"""`python -m tests.browser.sketching run` is `python -m bot run` whose sandbox draws one picture a second: for stories
that look at the page, not at the film.
"""

import sys
from functools import partial
from importlib import import_module

from bot.cli import main
from bot.sandbox.site import Pace

if __name__ == "__main__":
    vars(import_module("bot.app.sandboxed"))["SandboxPace"] = partial(Pace, fast_render=True)
    sys.exit(main())
