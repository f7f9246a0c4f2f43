"""The terminal's own tables: what was given is one line for an accountant, who changed it one line of the audit."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from pathlib import Path

import pytest

from bot import app, verbs
from bot.services.operating import find_person
from bot.settings import Settings


async def test_a_grant_at_the_terminal_is_an_entry_and_a_change_and_a_strange_payment_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'k.db'}")

    async def run(verb: str, **chosen: str) -> tuple[int, str]:
        code = await verbs.VERBS[verb](Namespace(**chosen), settings)
        return code, "".join(capsys.readouterr())

    assert await run("grant", who="123456", amount="2.5") == (0, "123456 has $2.50\n")
    assert (await run("grant", who="@nobody", amount="5"))[0] == verbs.BAD_WORDS
    assert (await run("grant", who="123456", amount="zero"))[0] == verbs.BAD_WORDS
    code, words = await run("refund", charge="no-such-charge")
    assert (code, "no-such-charge" in words) == (verbs.BAD_WORDS, True)
    (entry,) = csv.DictReader(io.StringIO((await run("ledger"))[1]))
    assert (entry["account"], entry["owner"], entry["kind"], entry["amount_usd"]) == (
        "user",
        "123456",
        "GRANT",
        "2.500000",
    )
    assert entry["booked_at"].endswith("Z")
    (change,) = csv.DictReader(io.StringIO((await run("audit"))[1]))
    assert (change["action"], change["actor"]) == ("grant-user", "")


async def test_who_is_denied_at_the_terminal_is_kept_out_and_an_operator_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'k.db'}"
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=where, operator_ids="4242")

    async def run(verb: str, **chosen: str) -> tuple[int, str]:
        code = await verbs.VERBS[verb](Namespace(**chosen), settings)
        return code, "".join(capsys.readouterr())

    assert await run("allow", who="123456") == (0, "123456 may make videos\n")
    assert await run("deny", who="123456") == (0, "123456 is kept out everywhere\n")
    assert (await run("deny", who="@nobody"))[0] == verbs.BAD_WORDS
    code, words = await run("deny", who="4242")
    assert (code, "OPERATOR_IDS" in words) == (verbs.BAD_WORDS, True)
    changes = list(csv.DictReader(io.StringIO((await run("audit"))[1])))
    assert [change["action"] for change in changes] == ["allow-user", "deny-user"]
    async with app.base(settings) as root:
        person = await root.store.transact(lambda tx: find_person(root.env, tx, "123456"))
    assert person is not None
    assert (person.is_blocked, person.is_allowed) == (True, False)
