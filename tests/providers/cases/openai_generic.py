"""The same format as a reseller serves it: words of its own, and a link instead of content."""

from tests.providers.videos import videos

CASE = videos("generic")
