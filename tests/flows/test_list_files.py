"""Lists that people send as files: each kind as phones and spreadsheets write it, and exactly what is answered."""

from pathlib import Path

import pytest

from bot.sandbox.telegram import ANN, BOB, GROUP, FileToSend
from bot.services.list_files import MAX_BYTES
from tests.flows.stage import World, until
from tests.flows.talk import Talk, buttons, words

DOG_AND_CAT = """\
🎬 2 videos · $0.71 · left $4.29
2 × Seedance 2.0 · 9:16 · 5 s · 480p
1. a dog, asleep
2. a cat"""
PAIR = "a dog, asleep 9:16 480p\na cat 9:16 480p\n"
TABLE = 'prompt,ratio,resolution\n"a dog, asleep",9:16,480p\n,,\na cat,9:16,480p\n'
EXCEL = "prompt;ratio;resolution\r\na dog, asleep;9:16;480p\r\n;;\r\na cat;9:16;480p\r\n"
READ = {
    "lines": ("list.txt", PAIR.encode()),
    "lines of Notepad, with a BOM and a gap": ("LIST.TXT", PAIR.replace("\n", "\r\n\r\n").encode("utf-8-sig")),
    "lines in UTF-16": ("list.txt", PAIR.encode("utf-16")),
    "a table with a quoted comma and an empty row": ("list.csv", TABLE.encode()),
    "the same with a BOM": ("list.csv", TABLE.encode("utf-8-sig")),
    "a table of Excel, with semicolons": ("list.csv", EXCEL.encode("utf-8-sig")),
    "a table of tabs": ("list.tsv", EXCEL.replace(";", "\t").encode()),
    "a table without a head": ("list.csv", b'"a dog, asleep",9:16 480p\na cat,9:16,480p\n'),
    "a table of Excel that names its separator": ("list.csv", b"sep=;\r\n" + EXCEL.encode()),
    "a table of LibreOffice, where a shape became a time": ("list.csv", TABLE.replace("9:16", "09:16:00").encode()),
    "a cell of two lines": ("list.csv", b'"a dog,\nasleep",9:16,480p\na cat,9:16,480p\n'),
}
RUSSIAN = "запрос;формат;разрешение\r\nСобака спит;9:16;480p\r\nКот поёт;9:16;480p\r\n"
EMPTY = "The list is empty. Write one request a line after /batch, or attach a .txt or .csv file. Nothing was charged."
LONG = "A list may have 50 lines. Send it in parts. Nothing was charged."
FORMAT = (
    "A list is a .csv or .txt file. Save the table as CSV, in Excel or Google Sheets too, and send that with /batch."
    " Nothing was charged."
)
QUOTE = (
    "Row 2 opens a quote (\") and never closes it, so the rows after it can't be told apart. Close it and send the file"
    " again. Nothing was charged."
)
UNREADABLE = "The list can't be read. Send a .txt or .csv file of plain text, up to 500 kB. Nothing was charged."
REFUSED = {
    "nothing": ("list.txt", b"\n \r\n\n", EMPTY),
    "a head alone": ("list.csv", b"prompt,ratio\n", EMPTY),
    "too many lines": ("list.txt", b"a dog\n" * 51, LONG),
    "far too many": ("list.txt", b"a dog runs\n" * 20_000, LONG),
    "too large": ("list.txt", b"a" * (MAX_BYTES + 1), UNREADABLE),
    "a picture by a false name": ("list.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", UNREADABLE),
    "another kind of file": ("list.docx", b"PK\x03\x04", FORMAT),
    "a workbook": ("Posts.XLSX", b"PK\x03\x04", FORMAT),
    "a quote that never ends": ("list.csv", b'prompt,ratio\n"a dog, 9:16\na cat,1:1\na cow,1:1\n', QUOTE),
}


def file(folder: Path, name: str, body: bytes) -> FileToSend:
    path = folder / name
    path.write_bytes(body)
    return FileToSend(path, "document")


@pytest.mark.parametrize(("name", "body"), READ.values(), ids=READ)
async def test_a_list_is_read_as_its_program_wrote_it(world: World, tmp_path: Path, name: str, body: bytes) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        asked = await ann.say("/batch", file(tmp_path, name, body))
        card = await ann.answer(asked)
        assert words(card) == DOG_AND_CAT
        assert buttons(card)[:2] == ["▶ Start $0.71", "✕"]
        assert world.books.states == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
async def test_a_russian_table_is_read_in_each_of_its_codes(world: World, tmp_path: Path, encoding: str) -> None:
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("/batch", file(tmp_path, "список.csv", RUSSIAN.encode(encoding)))
        card = await bob.card()
        assert words(card).splitlines()[2:] == ["1. Собака спит", "2. Кот поёт"]


@pytest.mark.parametrize(("name", "body", "told"), REFUSED.values(), ids=REFUSED)
async def test_what_is_no_list_is_refused_and_costs_nothing(
    world: World, tmp_path: Path, name: str, body: bytes, told: str
) -> None:
    ann = Talk(world.ann, ANN)
    async with world.bot():
        answer = await ann.answer(await ann.say("/batch", file(tmp_path, name, body)))
        assert (words(answer), buttons(answer)) == (told, [])
        assert world.books.states == []


@pytest.mark.parametrize("head", ["Промпт;Соотношение сторон;Разрешение", "Описание;Пропорции;разрешение"])
async def test_the_head_of_a_table_is_not_taken_for_a_request(world: World, tmp_path: Path, head: str) -> None:
    body = RUSSIAN.replace("запрос;формат;разрешение", head)
    bob = Talk(world.bob, BOB)
    async with world.bot():
        await bob.say("/batch", file(tmp_path, "список.csv", body.encode("cp1251")))
        assert words(await bob.card()).splitlines()[2:] == ["1. Собака спит", "2. Кот поёт"]


async def test_a_workbook_that_is_replied_to_is_told_what_a_list_is(world: World, tmp_path: Path) -> None:
    mia = Talk(world.mia, GROUP)
    async with world.bot():
        sent = await mia.say("", file(tmp_path, "posts.xlsx", b"PK\x03\x04"))
        await mia.say("/batch@kinetogram_bot", reply_to=sent)
        await mia.reads("A list is a .csv or .txt file.")


async def test_a_bad_row_is_named_by_its_number_in_the_table_and_skipped_by_a_tap(world: World, tmp_path: Path) -> None:
    body = b"prompt,ratio,seconds,resolution\na dog,9:16,4,480p\n,,,\na cat,9:16,40,480p\n"
    ann = Talk(world.ann, ANN)
    async with world.bot():
        answer = await ann.answer(await ann.say("/batch", file(tmp_path, "list.csv", body)))
        assert words(answer) == "Line 4: 40 s: Seedance 2.0 makes 4–15 s. Nothing was charged."
        await ann.press(answer, "Skip this line")
        await ann.start()
        await ann.video()
    assert world.books.states == ["DELIVERED"]


async def test_the_columns_that_are_left_aside_are_said_before_the_card(world: World, tmp_path: Path) -> None:
    body = b"Owner,prompt,ratio,resolution,notes\nKim,a dog,9:16,480p,<b>post</b> on Friday\n"
    ann = Talk(world.ann, ANN)
    async with world.bot():
        told = await ann.answer(await ann.say("/batch", file(tmp_path, "list.csv", body)))
        assert words(told).startswith("I make nothing of the columns Owner, notes. Those that I read: prompt ratio")
        assert buttons(await ann.card())[0].startswith("▶ Start")


async def test_a_list_in_a_group_is_taken_by_a_reply_to_its_file(world: World, tmp_path: Path) -> None:
    mia = Talk(world.mia, GROUP)
    async with world.bot():
        sent = await mia.say("", file(tmp_path, "list.txt", PAIR.encode()))
        await mia.say("/batch@kinetogram_bot", reply_to=sent)
        await mia.card()
        await mia.start()
        await until(lambda: world.books.states == ["DELIVERED"] * 2)
        await mia.reads("2 of 2 videos are here")


@pytest.mark.parametrize("replies", [False, True], ids=["as its caption", "in reply to it"])
async def test_words_beside_a_list_are_not_taken_for_it_nor_it_for_them(
    world: World, tmp_path: Path, *, replies: bool
) -> None:
    ann, listed = Talk(world.ann, ANN), file(tmp_path, "list.txt", b"a dog\na cat\n")
    async with world.bot():
        if replies:
            asked = await ann.say("/batch a cow", reply_to=await ann.say("", listed))
        else:
            asked = await ann.say("/batch a cow", listed)
        answer = await ann.answer(asked)
        assert words(answer).startswith("There is a list in the file and another after /batch.")
        assert world.books.states == []
