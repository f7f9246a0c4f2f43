"""The sandbox's chat page in headless Chromium, against the real embedded Telegram and a bot of plain HTTP calls."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from bot.sandbox.telegram import ANN, BOB, MIA
from bot.sandbox.telegram.world import GROUP, WorldOptions
from tests.browser.stage import Json, Stage, keyboard, message, mp4, picture, tone

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SOUNDS = "note => /0:01 \\//.test(note.textContent)"
"""Looked at with every frame: a note of one second shows it for less than one."""


async def write(page: Page, words: str) -> None:
    await page.get_by_test_id("composer-text").fill(words)
    await page.get_by_test_id("composer-send").click()


async def test_enter_sends_and_shift_enter_makes_a_new_line(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await desk.get_by_test_id("composer-text").focus()
    await desk.keyboard.type("a boat")
    await desk.keyboard.press("Shift+Enter")
    await desk.keyboard.type("at dusk")
    await desk.keyboard.press("Enter")
    sent = await stage.next_message()
    assert (sent["text"], sent["chat"]["id"], sent["from"]["id"]) == ("a boat\nat dusk", ANN, ANN)
    await expect(message(desk, sent)).to_contain_text("a boat\nat dusk")
    await expect(desk.get_by_test_id("composer-text")).to_have_value("")


async def test_an_album_arrives_in_the_order_of_its_files_with_the_words_on_the_first(
    stage: Stage, phone: Page, tmp_path: Path
) -> None:
    sizes = [(300, 200), (200, 300), (240, 240), (400, 300)]
    await stage.open(phone, ANN, ANN)
    files = [picture(tmp_path / f"{number}.jpg", size) for number, size in enumerate(sizes)]
    await phone.get_by_test_id("composer-attach").set_input_files(files)
    await expect(phone.get_by_test_id("attachment")).to_have_count(4)
    await phone.get_by_role("button", name="@image2", exact=True).click()
    await expect(phone.get_by_test_id("composer-text")).to_have_value("@image2 ")
    await write(phone, "/video @image2 waves 9:16")
    parts = [update["message"] for update in await stage.next_updates(4)]
    assert [(part["photo"][-1]["width"], part["photo"][-1]["height"]) for part in parts] == sizes
    assert [part.get("caption") for part in parts] == ["/video @image2 waves 9:16", None, None, None]
    assert len({part["media_group_id"] for part in parts}) == 1
    for part in parts:
        await expect(message(phone, part)).to_be_visible()
    await expect(phone.get_by_text("/video @image2 waves 9:16")).to_be_visible()
    await expect(phone.get_by_test_id("attachment")).to_have_count(0)


async def test_a_song_travels_before_the_pictures_that_name_it(stage: Stage, desk: Page, tmp_path: Path) -> None:
    await stage.open(desk, ANN, ANN)
    files = [
        picture(tmp_path / "a.jpg", (300, 200)),
        tone(tmp_path / "song.wav"),
        picture(tmp_path / "b.jpg", (200, 300)),
    ]
    await desk.get_by_test_id("composer-attach").set_input_files(files)
    await write(desk, "@image1 sings @audio1")
    song, first, second = [update["message"] for update in await stage.next_updates(3)]
    assert "audio" in song
    assert "caption" not in song
    assert first["caption"] == "@image1 sings @audio1"
    assert first["media_group_id"] == second["media_group_id"]


async def test_a_reply_shows_what_it_answers_and_leads_there(stage: Stage, desk: Page) -> None:
    asked = await stage.call("sendMessage", chat_id=ANN, text="Which ratio?")
    for number in range(30):
        await stage.call("sendMessage", chat_id=ANN, text=f"line {number}")
    await stage.open(desk, ANN, ANN)
    await desk.get_by_test_id(f"reply-{asked['message_id']}").click()
    await write(desk, "9:16")
    sent = await stage.next_message()
    assert sent["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(message(desk, sent)).to_be_in_viewport()
    await expect(message(desk, asked)).not_to_be_in_viewport()
    await message(desk, sent).get_by_role("button", name="In reply to Kinetogram: Which ratio?").click()
    await expect(message(desk, asked)).to_be_in_viewport()


async def test_a_button_waits_for_its_answer_and_shows_it(stage: Stage, phone: Page) -> None:
    rows = keyboard([("▶ Start $0.76", "start"), ("Why?", "why")])
    sent = await stage.call("sendMessage", chat_id=ANN, text="Ready", reply_markup=rows)
    await stage.open(phone, ANN, ANN)
    start = message(phone, sent).get_by_test_id("button-▶ Start $0.76")
    await start.click()
    await expect(start).to_have_attribute("aria-busy", "true")
    (update,) = await stage.next_updates()
    assert update["callback_query"]["data"] == "start"
    await stage.call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="It starts.")
    await expect(phone.get_by_test_id("toast")).to_have_text("It starts.")
    await expect(start).to_have_attribute("aria-busy", "false")


async def test_an_alert_stays_until_it_is_read(stage: Stage, desk: Page) -> None:
    sent = await stage.call("sendMessage", chat_id=ANN, text="Refused", reply_markup=keyboard([("Why?", "why")]))
    await stage.open(desk, ANN, ANN)
    await message(desk, sent).get_by_test_id("button-Why?").click()
    query = (await stage.next_updates())[0]["callback_query"]["id"]
    await stage.call("answerCallbackQuery", callback_query_id=query, text="A real face.", show_alert=True)
    box = desk.get_by_role("dialog")
    await expect(box).to_contain_text("A real face.")
    await box.get_by_role("button", name="OK").click()
    await expect(box).to_have_count(0)


async def test_the_bots_edits_and_reactions_show_at_once(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await write(desk, "hello")
    mine = await stage.next_message()
    status = await stage.call("sendMessage", chat_id=ANN, text="Preparing", reply_markup=keyboard([("Cancel", "c")]))
    await expect(message(desk, status)).to_contain_text("Preparing")
    here = {"chat_id": ANN, "message_id": status["message_id"]}
    await stage.call("editMessageText", **here, text="Rendering", reply_markup=keyboard([("Wait", "w")]))
    await expect(message(desk, status)).to_contain_text("Rendering")
    await expect(message(desk, status)).to_contain_text("edited")
    await expect(message(desk, status).get_by_role("button", name="Wait")).to_be_visible()
    await expect(message(desk, status).get_by_role("button", name="Cancel")).to_have_count(0)
    reaction = [{"type": "emoji", "emoji": "👌"}]
    await stage.call("setMessageReaction", chat_id=ANN, message_id=mine["message_id"], reaction=reaction)
    await expect(message(desk, mine).get_by_label("Reaction 👌")).to_be_visible()
    await stage.call("sendChatAction", chat_id=ANN, action="upload_video")
    await expect(desk.get_by_text("Kinetogram is sending a video")).to_be_visible()
    await stage.call("deleteMessage", **here)
    await expect(message(desk, status)).to_have_count(0)


async def test_ones_own_words_can_be_amended_and_taken_back(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await write(desk, "a bot at dusk")
    sent = await stage.next_message()
    await desk.get_by_test_id("composer-text").focus()
    await desk.keyboard.press("ArrowUp")
    await expect(desk.get_by_test_id("composer-text")).to_have_value("a bot at dusk")
    await write(desk, "a boat at dusk")
    (update,) = await stage.next_updates()
    assert update["edited_message"]["text"] == "a boat at dusk"
    await expect(message(desk, sent)).to_contain_text("a boat at dusk")
    await message(desk, sent).click(button="right")
    await desk.get_by_test_id("menu-delete").click()
    await desk.get_by_test_id("confirm").click()
    await expect(message(desk, sent)).to_have_count(0)


async def test_a_file_is_sent_as_a_voice_note(stage: Stage, phone: Page, tmp_path: Path) -> None:
    await stage.open(phone, ANN, ANN)
    await phone.get_by_test_id("composer-voice-upload").set_input_files(tone(tmp_path / "note.wav", 3))
    sent = await stage.next_message()
    assert sent["voice"]["duration"] == 3
    await expect(message(phone, sent).get_by_test_id("voice")).to_contain_text("0:03")


async def test_a_recorded_voice_note_arrives_and_can_be_heard(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await desk.get_by_test_id("composer-record").click()
    await expect(desk.get_by_role("timer")).to_have_text("0:01")
    await desk.get_by_test_id("record-send").click()
    sent = await stage.next_message()
    assert sent["voice"]["file_size"] > 1000
    assert 1 <= sent["voice"]["duration"] <= 5
    voice = message(desk, sent).get_by_test_id("voice")
    heard = asyncio.create_task(desk.wait_for_function(SOUNDS, arg=await voice.element_handle()))
    await voice.get_by_role("button", name="Play the voice note").click()
    await heard


async def test_a_dropped_recording_sends_nothing(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await desk.get_by_test_id("composer-record").click()
    await desk.get_by_test_id("record-cancel").click()
    await write(desk, "words instead")
    assert (await stage.next_message())["text"] == "words instead"


async def test_a_delivered_video_plays_in_the_chat(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN, ANN)
    shape = {"width": "180", "height": "320", "duration": "2", "caption": "the sea · 2 s"}
    sent = await stage.upload("sendVideo", "video", mp4(), "out.mp4", chat_id=str(ANN), **shape)
    await expect(message(phone, sent)).to_contain_text("the sea · 2 s")
    await message(phone, sent).get_by_role("button", name="Play the video").click()
    playing = "video => video.readyState >= 2 && video.duration > 0 && video.currentTime > 0"
    video = await message(phone, sent).get_by_test_id("video").element_handle()
    assert video is not None
    await phone.wait_for_function(playing, arg=video)


async def test_markup_in_words_and_names_stays_words(stage: Stage, desk: Page, tmp_path: Path) -> None:
    await stage.open(desk, ANN, ANN)
    words = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    await write(desk, words)
    sent = await stage.next_message()
    await stage.call("sendMessage", chat_id=ANN, text=words, reply_parameters={"message_id": sent["message_id"]})
    await stage.call("sendMessage", chat_id=ANN, text="press", reply_markup=keyboard([("<b>bold</b>", "b")]))
    nasty = tmp_path / "<img src=x onerror=alert(1)>.txt"
    nasty.write_text("plain")
    await desk.get_by_test_id("composer-attach").set_input_files(nasty)
    await desk.get_by_test_id("composer-send").click()
    await expect(desk.get_by_role("link", name="Download <img src=x onerror=alert(1)>.txt")).to_be_visible()
    await expect(desk.locator(".words").filter(has_text=words)).to_have_count(2)
    await expect(desk.get_by_role("button", name="<b>bold</b>")).to_be_visible()
    assert await desk.locator("#list script, #list img[onerror], #list b").count() == 0
    assert await desk.title() == "Kinetogram · Kinetogram sandbox"


async def test_formatting_counts_in_utf16_units_and_nests(stage: Stage, desk: Page) -> None:
    sent = await stage.call(
        "sendMessage",
        chat_id=ANN,
        text="🎬🎬 <b>bold <i>both</i></b> <a href='https://example.com/'>page</a>",
        parse_mode="HTML",
    )
    await stage.open(desk, ANN, ANN)
    await expect(message(desk, sent).locator("strong")).to_have_text("bold both")
    await expect(message(desk, sent).locator("strong em")).to_have_text("both")
    await expect(message(desk, sent).get_by_role("link", name="page")).to_have_attribute("href", "https://example.com/")


async def test_a_covered_video_shows_itself_at_a_touch(stage: Stage, phone: Page) -> None:
    sent = await stage.upload("sendVideo", "video", mp4(), "v.mp4", chat_id=str(ANN), has_spoiler="true")
    await stage.open(phone, ANN, ANN)
    cover = message(phone, sent).get_by_role("button", name="Covered, show")
    await cover.click()
    await expect(cover).to_have_count(0)
    await expect(message(phone, sent).get_by_role("button", name="Play the video")).to_be_visible()


async def test_a_moment_is_told_in_the_readers_own_zone_and_language(stage: Stage, desk: Page) -> None:
    text = 'until <tg-time unix="1647531900" format="{}">17.03. 15:45 (UTC)</tg-time>'
    sent = [
        await stage.call("sendMessage", chat_id=ANN, text=text.format(shown), parse_mode="HTML")
        for shown in ("dt", "wDT", "")
    ]
    assert desk.context.browser is not None
    async with await desk.context.browser.new_context(locale="de-DE", timezone_id="Asia/Tokyo") as abroad:
        page = await abroad.new_page()
        await stage.open(page, ANN, ANN)
        short, long, none = [message(page, one).locator("time.moment") for one in sent]
        await expect(short).to_have_text("18.03.22, 00:45")
        await expect(short).to_have_css("white-space", "nowrap")
        await expect(long).to_have_text("Freitag, 18. März 2022 um 00:45:00")
        await expect(none).to_have_text("17.03. 15:45 (UTC)")
        await expect(none).to_have_attribute("title", "Freitag, 18. März 2022 um 00:45:00")


async def test_people_share_the_group_and_keep_their_own_chats(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    await write(desk, "only for the bot")
    await stage.next_message()
    await desk.get_by_test_id(f"chat-{GROUP}").click()
    await write(desk, "hello everybody")
    await expect(desk.get_by_text("hello everybody").first).to_be_visible()
    await desk.get_by_test_id(f"person-{BOB}").click()
    await expect(desk.get_by_test_id(f"person-{BOB}")).to_have_attribute("aria-checked", "true")
    await expect(desk.locator("article.theirs")).to_contain_text("hello everybody")
    await expect(desk.locator("article.theirs")).to_contain_text("Ann")
    assert f"as={BOB}&chat={GROUP}" in desk.url
    await desk.get_by_test_id(f"chat-{BOB}").click()
    await expect(desk.get_by_test_id("empty")).to_be_visible()
    await expect(desk.get_by_text("only for the bot")).to_have_count(0)
    await desk.get_by_test_id(f"person-{MIA}").click()
    await expect(desk.get_by_test_id(f"chat-{GROUP}")).to_contain_text("admin")


async def test_what_came_elsewhere_is_counted_until_it_is_seen(stage: Stage, desk: Page) -> None:
    await stage.open(desk, MIA, MIA)
    for number in range(3):
        await stage.call("sendMessage", chat_id=GROUP, text=f"news {number}")
    await expect(desk.get_by_test_id(f"unread-{GROUP}")).to_have_text("3")
    await desk.reload()
    await expect(desk.get_by_test_id(f"unread-{GROUP}")).to_have_text("3")
    await desk.get_by_test_id(f"chat-{GROUP}").click()
    await expect(desk.get_by_test_id(f"unread-{GROUP}")).to_have_count(0)


async def test_a_phone_shows_one_screen_at_a_time(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN)
    await expect(phone.get_by_test_id("composer-text")).to_be_hidden()
    await phone.get_by_test_id(f"chat-{GROUP}").click()
    await expect(phone.get_by_test_id("composer-text")).to_be_visible()
    await expect(phone.get_by_test_id(f"chat-{GROUP}")).to_be_hidden()
    await phone.get_by_role("button", name="Back to chats").click()
    await expect(phone.get_by_test_id(f"chat-{GROUP}")).to_be_visible()
    await phone.go_back()
    await expect(phone.get_by_test_id("composer-text")).to_be_visible()


async def test_a_newcomers_example_is_one_tap_away(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN, ANN)
    await phone.get_by_role("button", name="Words alone").click()
    await expect(phone.get_by_test_id("composer-text")).to_have_value(
        "/video a paper boat crosses a puddle at dusk, 16:9 5s"
    )
    await phone.get_by_test_id("composer-send").click()
    assert (await stage.next_message())["entities"][0]["type"] == "bot_command"


async def test_the_voice_example_goes_on_with_its_words(stage: Stage, phone: Page, tmp_path: Path) -> None:
    await stage.open(phone, ANN, ANN)
    await phone.get_by_role("button", name="A voice note first").click()
    async with phone.expect_file_chooser() as asked:
        await phone.get_by_role("menuitem", name="Choose a file instead").click()
    await (await asked.value).set_files(tone(tmp_path / "note.wav"))
    assert "voice" in await stage.next_message()
    await expect(phone.get_by_test_id("composer-text")).to_have_value(re.compile("^/video @image1 sings"))
    await expect(phone.get_by_test_id("toast")).to_have_text("Now attach two photos.")


async def test_a_slash_offers_the_bots_commands(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    commands = [{"command": "video", "description": "Make a video"}, {"command": "jobs", "description": "Your videos"}]
    await stage.call("setMyCommands", commands=commands)
    await desk.get_by_test_id("composer-text").press_sequentially("/")
    await expect(desk.get_by_role("option")).to_have_count(2)
    await desk.keyboard.type("j")
    await desk.keyboard.press("Enter")
    await expect(desk.get_by_test_id("composer-text")).to_have_value("/jobs ")
    await desk.get_by_test_id(f"chat-{GROUP}").click()
    await desk.get_by_test_id("commands-open").click()
    await desk.get_by_test_id("command-video").click()
    await expect(desk.get_by_test_id("composer-text")).to_have_value("/video@kinetogram_bot ")


async def test_what_was_missed_while_the_stream_was_down_is_fetched(stage: Stage, desk: Page) -> None:
    async def refuse(route: Route) -> None:
        await route.abort()

    await desk.route("**/client/events*", refuse)
    await stage.open(desk, ANN, ANN)
    await expect(desk.get_by_text("Reconnecting to the sandbox")).to_be_visible()
    sent = await stage.call("sendMessage", chat_id=ANN, text="while you were away")
    await desk.unroute("**/client/events*", refuse)
    await expect(message(desk, sent)).to_be_visible()
    await expect(desk.get_by_text("Reconnecting to the sandbox")).to_be_hidden()


async def test_a_message_that_could_not_be_sent_is_kept(stage: Stage, desk: Page) -> None:
    async def refuse(route: Route) -> None:
        await (route.abort() if route.request.method == "POST" else route.continue_())

    await stage.open(desk, ANN, ANN)
    await desk.route("**/messages?*", refuse)
    await write(desk, "once more")
    await expect(desk.get_by_text("Not sent.")).to_be_visible()
    await desk.unroute("**/messages?*", refuse)
    await desk.get_by_role("button", name="Try again").click()
    assert (await stage.next_message())["text"] == "once more"
    await expect(desk.get_by_text("Not sent.")).to_have_count(0)


async def test_the_reader_who_looks_further_up_is_not_pulled_down(stage: Stage, desk: Page) -> None:
    for number in range(40):
        await stage.call("sendMessage", chat_id=ANN, text=f"line {number}")
    await stage.open(desk, ANN, ANN)
    await expect(desk.get_by_text("line 39", exact=True).last).to_be_in_viewport()
    await desk.locator("#scroll").evaluate("node => node.scrollTo(0, 0)")
    newest = await stage.call("sendMessage", chat_id=ANN, text="the newest")
    await expect(desk.locator("#unseen")).to_have_text("1")
    await expect(message(desk, newest)).not_to_be_in_viewport()
    await desk.get_by_role("button", name="To the newest message").click()
    await expect(message(desk, newest)).to_be_in_viewport()


async def test_what_the_bot_is_making_stands_at_the_bottom_and_is_stopped_there(stage: Stage, phone: Page) -> None:
    await stage.open(phone, ANN, ANN)
    told: Json = {"chat_id": ANN, "draft_id": 7, "can_stop": True}
    await stage.call("sendMessageDraft", **told, text="Rendering <b>40 %</b>", parse_mode="HTML")
    await stage.call("sendMessageDraft", **told, text="Rendering <b>60 %</b>", parse_mode="HTML")
    making = phone.get_by_test_id("preview")
    await expect(making).to_have_text("Rendering 60 %Stop")
    await phone.reload()
    await expect(making.locator("strong")).to_have_text("60 %")
    await phone.get_by_test_id("stop").click()
    await expect(making).to_have_count(0)
    (update,) = await stage.next_updates()
    assert update["stopped_message_generation"]["draft_id"] == 7
    await stage.call("sendMessageDraft", **told, text="once more")
    await expect(making).to_be_in_viewport()
    await stage.call("sendMessage", chat_id=ANN, text="done")
    await expect(making).to_have_count(0)


class TestForum:
    @pytest.fixture
    def world(self) -> WorldOptions:
        return WorldOptions(started=True, forum=True)

    async def test_a_topic_is_written_to_and_read_alone(self, stage: Stage, desk: Page) -> None:
        topic = stage.server.add_topic(GROUP, "Clips", MIA)
        await stage.call("sendMessage", chat_id=GROUP, text="in general")
        await stage.open(desk, ANN, GROUP)
        await expect(desk.locator("#list").get_by_text("in general")).to_be_visible()
        await desk.get_by_test_id(f"topic-{topic.id}").click()
        await expect(desk.locator("#list").get_by_text("in general")).to_have_count(0)
        await write(desk, "a clip")
        await expect(desk.locator("#list").get_by_text("a clip")).to_be_visible()
        (view,) = [m for m in stage.server.world.chats[GROUP].messages.values() if m.body.get("text") == "a clip"]
        assert view.thread_id == topic.id


async def test_nothing_is_wider_than_a_phone(stage: Stage, phone: Page, tmp_path: Path) -> None:
    rows = keyboard([(f"a long button number {number}", str(number)) for number in range(5)])
    await stage.call("sendMessage", chat_id=ANN, text="w" * 400, reply_markup=rows)
    await stage.upload(
        "sendVideo", "video", mp4(1), "a-very-long-name.mp4", chat_id=str(ANN), width="320", height="180"
    )
    await stage.open(phone, ANN, ANN)
    await phone.get_by_test_id("composer-attach").set_input_files(
        [picture(tmp_path / f"{n}.jpg", (90, 60)) for n in range(9)]
    )
    await expect(phone.get_by_test_id("attachment")).to_have_count(9)
    widths = "['#app', '#list', '#scroll', '#composer'].map(at => document.querySelector(at).scrollWidth)"
    assert max(await phone.evaluate(widths)) <= 390


async def test_every_control_has_a_name_and_a_fingers_size(stage: Stage, phone: Page) -> None:
    sent: Json = await stage.call("sendMessage", chat_id=ANN, text="Ready", reply_markup=keyboard([("Start", "start")]))
    await stage.open(phone, ANN, ANN)
    await expect(message(phone, sent)).to_be_visible()
    assert await phone.evaluate(_NAMELESS) == []
    assert await phone.evaluate(_SMALL) == []


_NAMELESS = """[...document.querySelectorAll('button, a, input, textarea')].filter(node => node.checkVisibility())
    .filter(node => !(node.textContent.trim() || node.getAttribute('aria-label') || node.title))
    .map(node => node.outerHTML)"""
_SMALL = """[...document.querySelectorAll('.chat-head button, .composer button, .key')]
    .filter(node => node.checkVisibility() && node.getBoundingClientRect().height < 40).map(node => node.outerHTML)"""


async def test_a_page_that_lost_its_server_says_so(stage: Stage, desk: Page) -> None:
    await stage.open(desk, ANN, ANN)
    stage.server.exchange.events.close()
    await expect(desk.get_by_text("Reconnecting to the sandbox")).to_be_visible()
