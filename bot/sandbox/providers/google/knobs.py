"""What a test or the demo may turn on a :class:`GoogleServer`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class GoogleKnobs:
    """Times are short; everything else is as documented or as it was seen.

    ``early_misses``: so many first polls of a new interaction do not find it. ``echoes_uri``: GET of an interaction
    gives the file's address, as documented for the create call alone; else the video itself, as it does.
    ``lists_errors``: error envelopes come inside an array, as the front end sends them. ``redirects``: a file's
    download is answered by another host. ``webhook_url``: the project's static webhook, signed with each of
    ``webhook_secrets``. ``token_s``: how long an access token is good. A ``None`` limit is none.
    """

    queue_s: float = 1.0
    render_s: float = 4.0
    concurrency: int = 10
    creates_per_minute: int | None = None
    retry_delay_s: int | None = None
    body_limit_bytes: int = 20 << 20
    url_lifetime_s: int = 48 * 3600
    operation_lifetime_s: int = 48 * 3600
    early_misses: int = 0
    echoes_uri: bool = False
    lists_errors: bool = False
    redirects: bool = True
    retired_veo: bool = False
    token_s: int = 3599
    webhook_url: str | None = None
    webhook_secrets: tuple[str, ...] = ()
    webhook_wait_s: float = 5.0
    output_size_bytes: int | None = None
    seed: int | None = None
