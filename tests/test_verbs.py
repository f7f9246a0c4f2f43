"""The terminal's own tables: what was given is one line for an accountant, who changed it one line of the audit."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from bot import app, cli, doctor, verbs
from bot.core.errors import Faults, Refusal
from bot.core.quotas import read_quota
from bot.services.counting import pool_of
from bot.services.directory import ChatRef, migrate_chat, see_place
from bot.services.heard import Source
from bot.services.operating import amount_of, find_person
from bot.settings import Settings
from tests.services.house import opened

ROOT = Path(__file__).parents[1]


async def test_a_grant_at_the_terminal_is_an_entry_and_a_change_and_a_strange_payment_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'k.db'}")

    async def run(verb: str, **chosen: str) -> tuple[int, str]:
        code = await verbs.VERBS[verb](Namespace(**{"id": None, **chosen}), settings)
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


async def test_a_grant_at_the_terminal_fills_a_groups_pool_by_its_id_old_or_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'k.db'}"
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=where)

    async def run(verb: str, **chosen: str) -> tuple[int, str]:
        code = await verbs.VERBS[verb](Namespace(**{"id": None, **chosen}), settings)
        return code, "".join(capsys.readouterr())

    code, words = await run("grant", who="-4321", amount="5")
    assert (code, "no group -4321" in words) == (verbs.BAD_WORDS, True)
    async with app.base(settings) as root:
        lab = await root.store.transact(lambda tx: see_place(root.env, tx, ChatRef(-4321, "group", "Lab")))
    assert await run("grant", who="-4321", amount="5") == (0, "Lab has $5.00\n")
    async with app.base(settings) as root:
        assert await root.store.read(lambda tx: pool_of(tx, lab.chat_id)) is not None
        await root.store.transact(lambda tx: migrate_chat(root.env, tx, -4321, -1004321))
    assert await run("grant", who="-4321", amount="1") == (0, "Lab has $6.00\n")
    assert await run("grant", who="-1004321", amount="0.5") == (0, "Lab has $6.50\n")
    entries = list(csv.DictReader(io.StringIO((await run("ledger"))[1])))
    assert [(entry["account"], entry["kind"]) for entry in entries] == [("chat", "GRANT")] * 3
    changes = list(csv.DictReader(io.StringIO((await run("audit"))[1])))
    assert [change["action"] for change in changes if change["action"] != "migrated"] == ["grant-chat"] * 3


async def test_a_grant_with_an_id_of_its_own_is_given_once_however_often_it_is_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'k.db'}")

    async def run(*words: str) -> tuple[int, str]:
        chosen = cli._parser().parse_args(["grant", *words])
        return await verbs.grant(chosen, settings), "".join(capsys.readouterr())

    assert await run("123456", "5", "--id", "invoice 7") == (0, "123456 has $5.00\n")
    assert await run("123456", "5", "--id", "invoice 7") == (0, "123456 has $5.00, given before under this id\n")
    for other in (("123456", "6"), ("777777", "5")):
        code, told = await run(*other, "--id", "invoice 7")
        assert (code, "names another grant" in told) == (verbs.BAD_WORDS, True)
    assert await run("123456", "5", "--id", "invoice 8") == (0, "123456 has $10.00\n")
    assert await run("123456", "5") == (0, "123456 has $15.00\n")
    changes = list(csv.DictReader(io.StringIO(await ledger(settings, capsys))))
    assert [(change["owner"], change["amount_usd"]) for change in changes] == [("123456", "5.000000")] * 3
    assert "it gives nothing more" in " ".join((await help_of("grant", capsys)).split())


@pytest.mark.parametrize("own", ["", "  "])
async def test_a_grant_under_an_empty_id_is_not_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own: str
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'k.db'}")
    chosen = cli._parser().parse_args(["grant", "123456", "5", "--id", own])
    assert await verbs.grant(chosen, settings) == verbs.BAD_WORDS
    assert "the id is empty" in capsys.readouterr().err
    assert await verbs.grant(Namespace(who="123456", amount="5", id=None), settings) == 0
    assert capsys.readouterr().out == "123456 has $5.00\n"


async def ledger(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    await verbs.VERBS["ledger"](Namespace(), settings)
    return "".join(capsys.readouterr())


async def help_of(verb: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        cli._parser().parse_args([verb, "--help"])
    return capsys.readouterr().out


async def test_a_number_that_can_be_nobodys_id_gets_no_money(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'k.db'}"
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=where)
    for who in ("9999999999999999999", "-9999999999999999999"):
        assert await verbs.grant(Namespace(who=who, amount="5", id=None), settings) == verbs.BAD_WORDS
        assert who in capsys.readouterr().err


@pytest.mark.parametrize(
    "amount", ["1.000,50", "1,000.50", "1,000,000", "1.000.000", "1e3", "$-5", "-5", "0", "0.0000001"]
)
def test_an_amount_that_can_be_misread_is_no_amount(amount: str) -> None:
    assert amount_of(amount) is None
    if amount != "0":  # a limit may be nothing
        with pytest.raises(Faults):
            read_quota(f"${amount.removeprefix('$')}/week")


@pytest.mark.parametrize(
    ("amount", "less", "more"),
    [
        ("1,000", "$1", "$1000"),
        ("1.000", "$1", "$1000"),
        ("12.500", "$12.5", "$12500"),
        ("999,125", "$999.125", "$999125"),
    ],
)
async def test_an_amount_of_two_readings_is_refused_with_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], amount: str, less: str, more: str
) -> None:
    for read in (amount_of, lambda word: read_quota(f"{word}/day"), lambda word: read_quota(f"job={word}")):
        with pytest.raises(Refusal) as caught:
            read(f"${amount}")
        fault = caught.value.faults[0] if isinstance(caught.value, Faults) else caught.value
        assert fault.key == "amount-ambiguous"
        assert (fault.data["less"], fault.data["more"]) == (less, more)
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'k.db'}")
    assert await verbs.grant(Namespace(who="123456", amount=amount, id=None), settings) == verbs.BAD_WORDS
    told = capsys.readouterr().err
    assert less in told
    assert more in told


@pytest.mark.parametrize(("amount", "microusd"), [("0.005", 5_000), ("0,125", 125_000), ("1000.125", 1_000_125_000)])
def test_three_digits_that_can_be_no_thousands_are_a_fraction(amount: str, microusd: int) -> None:
    assert amount_of(amount) == microusd
    assert read_quota(f"${amount}/day").settings[0].value == microusd


async def test_who_is_denied_at_the_terminal_is_kept_out_and_an_operator_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'k.db'}"
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url=where, operator_ids="4242")

    async def run(verb: str, **chosen: str) -> tuple[int, str]:
        code = await verbs.VERBS[verb](Namespace(**{"id": None, **chosen}), settings)
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


def at_terminal(folder: Path, verb: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A verb in a process of its own, in this folder."""
    told = {"PYTHONPATH": str(ROOT), "TELEGRAM_API_URL": "http://127.0.0.1:9", **variables}
    command = [sys.executable, "-m", "bot", verb]
    return subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("verb", ["run", "doctor", "jobs"])
def test_a_folder_that_cant_be_made_is_named_in_one_sentence(tmp_path: Path, verb: str) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    where = {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'k.db'}"}
    done = at_terminal(tmp_path, verb, TELEGRAM_BOT_TOKEN="1:a", **where)
    told = (
        f"The folder {folder} can't be written (Not a directory). Make it, or choose another one, and check its owner."
    )
    if verb == "doctor":
        assert (done.returncode, done.stderr) == (verbs.WRONG, "")
        assert f"FAIL  database: {told}\n" in done.stdout
    else:
        assert (done.returncode, done.stderr) == (cli.BAD_SETTINGS, f"{told}\n")


def test_the_doctor_says_in_words_what_a_database_has_and_goes_on(tmp_path: Path) -> None:
    database = tmp_path / "k.db"
    database.write_bytes(b"not a database, but long enough to be one" * 100)
    done = at_terminal(tmp_path, "doctor", DATA_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{database}")
    assert (done.returncode, done.stderr) == (verbs.WRONG, "")
    assert "FAIL  database: The database file is damaged (SQLITE_NOTADB). Restore the latest backup.\n" in done.stdout
    assert "FAIL  providers: not looked at before the database can be opened\n" in done.stdout


async def test_a_provider_that_never_answers_is_a_finding_and_the_next_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'k.db'}",
        ark_api_key="k",
        ark_base_url=f"{address}/api/v3",
        ark_prices="byteplus",
        seedance_api_key="k",
        seedance_base_url=f"{address}/v1",
    )
    monkeypatch.setattr(doctor, "CHECK_S", 0.2)
    async with server:
        found = [finding async for finding in doctor._providers(settings)]
    silent = [(finding.name, finding.detail.partition(" within")[0]) for finding in found if not finding.ok]
    assert silent == [("ark", "no answer"), ("seedance", "no answer")]


async def test_the_newest_jobs_show_what_was_paid_and_nothing_for_one_without_a_video(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with opened(tmp_path) as house:
        for words in ("a dog", "a cat"):
            await house.hear(words, source=Source.COMMAND)
        await house.rows("UPDATE jobs SET state = 'FAILED', error_key = 'task-failed' WHERE id = 1")
    where = f"sqlite:///{tmp_path / 'kinetogram.db'}"
    await verbs.jobs(Namespace(count=5), Settings(_env_file=None, data_dir=tmp_path, database_url=where))
    newest, failed = capsys.readouterr().out.splitlines()
    assert ("QUEUED" in newest, "$0.76" in newest) == (True, True)
    assert ("FAILED" in failed, "$0.00" in failed) == (True, True)
