"""A video that is sent again: to another chat, and after its file was erased here."""

import json

from bot.services import delivery
from bot.services.heard import HeardReply, Source
from tests.services.house import ANN, AT_ANNS, BOB, LAB, House, photo

INFO = '{"width": 1280, "height": 720, "duration_ms": 5000, "size_bytes": 5}'


async def delivered(house: House) -> None:
    """Ann's video of the group, delivered there."""
    await house.hear("a dog", chat=LAB, source=Source.COMMAND, message_id=5)
    await house.rows(
        "UPDATE jobs SET state = 'DELIVERED', cost_microusd = quote_microusd, file_id = 'F', task_id = 'T',"
        " delivered_message_id = 900"
    )
    await house.rows(
        "INSERT INTO job_files (job_id, kind, path, size_bytes, sha256, info, created_at)"
        " VALUES (1, 'output', 'o.mp4', 5, 'x', :info, 1)",
        info=INFO,
    )


async def send_again(house: House) -> dict[str, str | int | None]:
    """Ann has it sent to her private chat; answers what goes out."""
    await house.run("jobs", user=ANN)
    assert await house.press(await house.button("Send")) is None
    (row,) = await house.rows("SELECT * FROM outbox WHERE kind = 'video'")
    payload: dict[str, str | int | None] = json.loads(row["payload"])
    assert row["chat_id"] != await house.value("SELECT chat_id FROM jobs")
    return payload


async def arrive(house: House, message_id: int) -> None:
    (row,) = await house.rows("SELECT job_id, chat_id FROM outbox WHERE kind = 'video'")
    await house.store.transact(
        lambda tx: delivery.arrived(house.env, tx, row["job_id"], row["chat_id"], message_id, "F2")
    )


async def test_a_video_sent_to_another_chat_is_remembered_there_and_replies_to_nothing(house: House) -> None:
    await delivered(house)
    await house.hear("x", user=BOB, chat=LAB, message_id=77, media=photo(77), source=Source.MENTION)
    payload = await send_again(house)
    assert payload["reply_to"] is None
    await arrive(house, 77)
    kept = await house.rows(
        "SELECT t.telegram_id AS chat, m.job_id, m.file_id FROM media m"
        " JOIN telegram_ids t ON t.kind = 'chat' AND t.owner_id = m.chat_id ORDER BY t.telegram_id"
    )
    assert [(row["chat"], row["job_id"], row["file_id"]) for row in kept] == [
        (LAB.telegram_id, None, "f77"),
        (AT_ANNS.telegram_id, 1, "F2"),
    ]
    assert await house.value("SELECT delivered_message_id FROM jobs") == 900


async def test_a_video_whose_file_was_erased_is_sent_by_telegrams_name_for_it(house: House) -> None:
    await delivered(house)
    await house.rows("UPDATE job_files SET erased_at = 1")
    payload = await send_again(house)
    assert payload["file_id"] == "F"


async def test_a_reply_to_the_bots_own_video_keeps_its_unmodified_original(house: House) -> None:
    await delivered(house)
    await send_again(house)
    await arrive(house, 500)
    await house.hear("@video1 at night", message_id=501, reply=HeardReply(500, photo(1)))
    assert await house.rows("SELECT job_id FROM media WHERE message_id = 500") == [{"job_id": 1}]
