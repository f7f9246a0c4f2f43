"""How the page is served: its own parts only, and a policy that lets nothing else in. Needs no browser."""

import pytest

from tests.browser.stage import Stage


@pytest.mark.parametrize(
    ("path", "mime"),
    [("/", "text/html"), ("/static/main.js", "text/javascript"), ("/static/icon.svg", "image/svg+xml")],
)
async def test_the_page_allows_no_script_but_its_own_and_no_other_server(stage: Stage, path: str, mime: str) -> None:
    async with stage.http.get(stage.base + path) as response:
        assert (response.status, response.content_type) == (200, mime)
        assert response.headers["Cache-Control"] == "no-cache"
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/static/__init__.py", "/static/..%2f__init__.py", "/static/nothing.js"])
async def test_only_the_pages_own_parts_are_served(stage: Stage, path: str) -> None:
    async with stage.http.get(stage.base + path) as response:
        assert response.status == 404
