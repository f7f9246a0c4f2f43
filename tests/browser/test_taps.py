"""Stories of a phone's taps: the real bot in a process of its own, for each story another one."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.sandbox import samples
from bot.sandbox.telegram import ANN, BOB, GROUP, MIA, Person
from tests.browser.reader import VIDEO_MS, Running, opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("taps")]

LIST_MS = 200_000
"""Six videos rendered by two cores that others use too."""
SHOWN = "image => image.complete && image.naturalWidth >= 1000"


async def test_a_video_is_composed_by_the_card_alone(sandbox: Running, phone: Page) -> None:
    mia = await opened(phone, sandbox, MIA, "en")
    await mia.write("a paper boat crosses a puddle")
    for opener, choice in (
        ("5 s ▾", "4 s"),
        ("720p ▾", "480p"),
        ("16:9 ▾", "1:1"),
        ("Seedance 2.0 ▾", "Seedance 2.0 mini"),
    ):
        await mia.tap(opener)
        await mia.tap(choice)
    card = phone.locator("article.theirs").last
    await expect(card).to_contain_text("Seedance 2.0 mini · 1:1 · 4 s · 480p")
    await mia.fits()
    await mia.key("start").click()
    await expect(phone.get_by_test_id("video")).to_have_count(1, timeout=VIDEO_MS)


async def test_a_refused_request_is_mended_by_one_tap(sandbox: Running, phone: Page) -> None:
    ann = await opened(phone, sandbox, ANN, "en")
    await ann.write("/video a paper boat crosses a puddle 16s 480p 9:16")
    await expect(ann.answers("Seedance 2.0 makes 4\u2060–\u206015 s")).to_be_visible(timeout=VIDEO_MS)
    await ann.tap("15 s")
    await expect(ann.answers("9:16 · 15 s · 480p")).to_be_visible(timeout=VIDEO_MS)
    await ann.fits()


async def test_an_owner_orders_in_a_chat_with_a_client_and_sends_it_there(sandbox: Running, desk: Page) -> None:
    ann = await opened(desk, sandbox, ANN, "en")
    await desk.get_by_test_id("chat-more").click()
    await desk.get_by_test_id("menu-business").click()
    await expect(ann.answers("connected to your Telegram Business account")).to_be_visible(timeout=VIDEO_MS)
    chats = desk.locator("button[data-testid^='chat-7']")
    await expect(chats).to_have_count(2)
    bob = chats.filter(has_text="Bob")
    await bob.click()
    await expect(desk.get_by_text("a chat of two")).to_be_visible()
    await ann.write("/video a paper boat crosses a puddle 480p 4s")
    async with Person(sandbox.origin, BOB) as client:
        dialog = next(chat["id"] for chat in (await client.world())["chats"] if chat["kind"] == "dialog")
        await client.send(dialog, "Where is it?")
    await desk.get_by_test_id(f"chat-{ANN}").click()
    await expect(desk.locator(".key").filter(has_text="Send to Bob")).to_be_visible(timeout=VIDEO_MS)
    await ann.tap("➤ Send to Bob")
    await expect(ann.answers("Bob has the video, sent in your name")).to_be_visible(timeout=VIDEO_MS)
    await bob.click()
    await expect(desk.get_by_test_id("video")).to_have_count(1, timeout=VIDEO_MS)
    await ann.fits()


async def test_a_video_is_stopped_at_the_bottom_of_a_chat_that_moved_on(sandbox: Running, phone: Page) -> None:
    ann = await opened(phone, sandbox, ANN, "en")
    await ann.write("/video a paper boat crosses a puddle 480p 5s")
    await expect(ann.answers("480p")).to_be_visible(timeout=VIDEO_MS)
    for words in ("/balance", "/help"):
        await ann.write(words)
    preview = phone.get_by_test_id("preview")
    await expect(preview).to_contain_text("a paper boat crosses a puddle", timeout=VIDEO_MS)
    await expect(preview).to_be_in_viewport()
    await ann.fits()
    await phone.get_by_test_id("stop").click()
    told = phone.locator("article.theirs").last
    await expect(told).to_contain_text(re.compile(r"Cancelled\. Nothing was charged|Asking|on its way"))
    await expect(told).to_be_in_viewport()
    await expect(preview).to_have_count(0)


async def test_a_list_of_six_comes_whole_with_a_summary(sandbox: Running, phone: Page) -> None:
    bob = await opened(phone, sandbox, BOB, "ru")
    animals = ("a dog", "a cat", "a cow", "a hen", "a fox", "an owl")
    lines = "\n".join(f"{animal} runs 1:1 480p 4s --model seedance-2.0-mini" for animal in animals)
    await bob.write(f"/batch\n{lines}")
    await bob.key("start").click()
    await expect(phone.locator("article.theirs").last).to_contain_text("из 6", timeout=VIDEO_MS)
    await expect(bob.answers("видео: 6 из 6")).to_be_visible(timeout=LIST_MS)
    await expect(phone.get_by_test_id("video")).to_have_count(6)


async def test_a_voice_note_becomes_the_words_of_a_request(sandbox: Running, phone: Page) -> None:
    """The sandbox's own service writes it down."""
    ann = await opened(phone, sandbox, ANN, "en")
    note = samples.voice_note(sandbox.log.parent / "note.ogg", 3.0)
    await phone.get_by_test_id("composer-voice-upload").set_input_files(note)
    await expect(ann.answers("What is this voice note?")).to_be_visible(timeout=VIDEO_MS)
    await ann.fits()
    await ann.tap("✍️")
    await expect(ann.answers("I understood: a paper boat sails down a rainy street")).to_be_visible(timeout=VIDEO_MS)
    await expect(ann.answers("9:16 · 5 s · 720p")).to_be_visible(timeout=VIDEO_MS)
    await ann.key("start").click()
    await ann.video()


async def test_a_video_is_taken_further_by_taps(sandbox: Running, phone: Page) -> None:
    mia, videos = await opened(phone, sandbox, MIA, "en"), phone.get_by_test_id("video")
    await mia.write("/video a paper boat drifts 9:16 4s 480p")
    await expect(videos).to_have_count(1, timeout=VIDEO_MS)
    await mia.key("more").last.click()
    await expect(mia.key("delete").last).to_be_visible(timeout=VIDEO_MS)
    await mia.key("use-frame").last.click()
    await expect(phone.locator("article.theirs").last).to_contain_text("@image1", timeout=VIDEO_MS)

    await mia.key("extend").last.click()
    question = mia.answers("goes on from its last frame")
    await expect(question).to_be_visible(timeout=VIDEO_MS)
    await question.hover()
    await question.locator("[data-testid^='reply-']").click()
    await mia.write("the boat meets a duck")
    await expect(mia.key("start").last).to_be_visible(timeout=VIDEO_MS)
    await expect(question).to_have_count(0, timeout=VIDEO_MS)
    await mia.key("start").last.click()
    await expect(videos).to_have_count(2, timeout=VIDEO_MS)
    await mia.fits()


async def test_a_video_for_who_blocked_the_bot_comes_when_they_are_back_and_again_by_jobs(
    sandbox: Running, phone: Page
) -> None:
    ann, videos = await opened(phone, sandbox, ANN, "en"), phone.get_by_test_id("video")
    await ann.write("/video a paper boat drifts 9:16 4s 480p")
    await expect(ann.key("cancel")).to_be_visible(timeout=VIDEO_MS)
    await phone.get_by_test_id("chat-more").click()
    await phone.get_by_test_id("menu-block").click()
    await sandbox.holds("SELECT count(*) FROM outbox WHERE state = 'parked'")
    await expect(videos).to_have_count(0)
    await phone.get_by_test_id("unblock").click()
    await expect(ann.answers("A finished video was waiting for you. Here it is.")).to_be_visible(timeout=VIDEO_MS)
    await expect(videos).to_have_count(1, timeout=VIDEO_MS)
    await ann.write("/jobs")
    listed = ann.answers("Your latest video")
    await expect(listed).to_contain_text("paper boat", timeout=VIDEO_MS)
    await ann.fits()
    await listed.locator(".key").filter(has_text="Send #").click()
    await expect(videos).to_have_count(2, timeout=VIDEO_MS)


async def test_a_finished_video_is_shown_in_a_group_by_the_bot_s_name(sandbox: Running, phone: Page) -> None:
    ann = await opened(phone, sandbox, ANN, "en")
    await ann.write("/video a paper boat drifts 9:16 4s 480p")
    await expect(phone.get_by_test_id("video")).to_have_count(1, timeout=VIDEO_MS)
    ann = await opened(phone, sandbox, ANN, "en", GROUP)
    await phone.get_by_test_id("composer-text").fill("@kinetogram_bot boat")
    offer = phone.get_by_role("group", name="Your videos").get_by_role("button")
    await expect(offer).to_have_text(re.compile("a paper boat drifts"), timeout=VIDEO_MS)
    await ann.fits()
    await offer.click()
    await expect(phone.get_by_test_id("via")).to_have_text("via @kinetogram_bot")
    await ann.video()
    await expect(phone.locator("article.theirs")).to_have_count(0)


async def test_taps_mend_discard_and_cancel(sandbox: Running, desk: Page) -> None:
    mia = await opened(desk, sandbox, MIA, "en")
    await mia.write("/video a paper boat crosses a puddle 16:9 40s 480p")
    await desk.get_by_role("button", name=mia.texts.seconds("en", 15), exact=True).click()
    await expect(mia.key("start")).to_be_visible()
    await mia.key("discard").click()
    await mia.read("discarded")
    await mia.write("/video a paper boat crosses a puddle 16:9 4s 480p")
    await mia.key("cancel").click()
    await mia.read("cancel-done")
    for label in ("start", "discard", "cancel"):
        await expect(mia.key(label)).to_have_count(0)


async def test_a_moderator_sets_a_limit_by_buttons_allows_once_and_sees_the_chart(
    sandbox: Running, phone: Page
) -> None:
    """Two phones in one group: taps alone set the limit, the refusal offers what fits, one tap lets the video come."""
    mia = await opened(phone, sandbox, MIA, "en", GROUP)
    await mia.write("/quota@kinetogram_bot")
    await mia.key("members").click()
    less = phone.locator(".key").filter(has_text=re.compile("^−$"))
    for price in ("$1.00 a video", "$0.50 a video"):
        await less.nth(3).click()
        await expect(phone.locator(".key").filter(has_text=price)).to_be_visible()
    await mia.key("save").click()
    await expect(phone.locator("article.theirs").last).to_contain_text("Saved. Each member: at most $0.50")
    other = await phone.context.new_page()
    ann = await opened(other, sandbox, ANN, "en", GROUP)
    await ann.write("/video@kinetogram_bot the dog runs into the sea 16:9 4s")
    await expect(ann.key("ask-moderator")).to_be_visible(timeout=VIDEO_MS)
    await expect(other.locator(".key").filter(has_text="fits")).to_be_visible()
    await ann.key("ask-moderator").click()
    await expect(ann.answers("The moderators are asked")).to_be_visible()
    await mia.key("allow-once").click()
    await expect(mia.answers("Allowed once")).to_be_visible()
    await ann.video()
    await ann.fits()
    await mia.write("/stats@kinetogram_bot")
    chart = mia.answers("Ann: $0.61 · 1 video").locator(".photo img")
    await expect(chart).to_be_visible(timeout=VIDEO_MS)
    await phone.wait_for_function(SHOWN, arg=await chart.element_handle())
    await mia.fits()
