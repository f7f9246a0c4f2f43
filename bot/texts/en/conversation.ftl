# Hello, help, the command menu, and what is said when something does not fit.

start =
    Hi { $name }. Write what you want to see, add photos, a video or a voice note, and I make a video of it.

    For example: <i>the dog runs into the sea 9:16 8 s</i>

    /help shows more.

help =
    <b>How to ask</b>
    Write a sentence, with or without photos, videos and sound. In a group begin with /video, also as the caption of a photo or in reply to one.

    <b>What is what</b>
    Attachments are <code>@image1</code>, <code>@video1</code>, <code>@audio1</code>, in their order: <i>@image1 sings, @audio1 is the song</i>
    <code>@image1 first</code> makes it the first frame, <code>@image2 last</code> the last one.

    <b>Voice first, photos later</b>
    Media sent without words waits here for { $tray } and goes into your next request. A link to a file in the sentence works too.

    <b>Options</b>, at the end of the sentence
    <code>9:16</code> · <code>8 s</code> · <code>1080p</code> · <code>--n 3</code> · <code>--seed 7</code> · <code>--no-audio</code> · <code>--spoiler</code> · <code>--model seedance-2.0</code> · <code>--for reels</code>

    <b>Several at once</b>
    <code>9:16 1:1</code> or <code>--for reels,square</code> make one of each shape, <code>--n 3</code> three variants. /batch takes a request a line, or a .txt or .csv file.

    <b>Together</b>, in a group
    👥 on a draft lets others add their files; one who takes part pays and has the video.

    { $model }, 5 s at 720p: { $price }. A failed video costs nothing.

    <b>More</b>
    /jobs your videos, sent again for free
    /cancel what runs or is not started yet
    /save hero in reply to a photo: later @hero means it
    /library what is saved
    /balance what is left
    /redeem a code
    /stats what was made
    /models models and prices
    /settings your defaults
    /privacy what is kept, /forget deletes it
    /language English or Russian

help-stars = /topup more on your balance, for Telegram Stars

help-operator =
    <b>For operators</b>
    /allow in a group lets its members in, /allow @name lets a person in; /deny keeps the group or the person out.
    /grant @name $5 gives money to a person, /grant $100 in a group fills its pool. /promo makes codes that give money.
    /quota service, or in private /quota @name, shows and sets what they may; /quota @name everywhere 3/day counts what groups pay for them too. /tier vip 50/day gives limits to several people.
    /halt stops all new videos everywhere, /halt off ends it. /block, /words and /audit in private hold for the whole service.
    /stats here is about the whole service, /ledger sends every entry as a table, /refund gives a payment in Stars back.

stranger =
    This bot works for invited people. Your number is <code>{ $id }</code>; send it to { GIVEN($operator) ->
        [yes] { $operator }
       *[no] the operator
    } to be let in.

channel-post = A channel's post has no writer here, so nobody could pay for its video. Ask me in our private chat or in a group, and share the video here.
anonymous-channel = A channel has no account here: please ask in our own chat.
anonymous = Please ask as yourself: an anonymous sender has no account here.
useless =
    { $kind ->
        [sticker] The app draws this sticker itself; there is no picture in it that a model could take.
        [document] A model can't take this file.
       *[other] A model can't take this.
    } Send a photo, a video, a GIF, a round video, a voice note, music, another sticker, or a file that is a picture, a video or a sound.
unknown-command = I don't know that command. /help shows what I do.
something-broke = Something went wrong on our side. It is noted, and nothing was charged. Please try once more.

language-choose = Choose a language.
language-set = English from now on.

button-old = This button is too old. Send the request again to get a new one.
not-let-in = You may not make videos here any more. An operator can let you in.
card-changed = Something changed meanwhile. Look at the card once more.
button-used = Already done.
button-not-yours = This button belongs to the person who asked. Send your own request.
model-gone = This model is not offered any more. Ask again with another one.

# At most 60 characters each: the command menu.
command-help = How to ask, options and prices
command-video = Make a video: /video and what you want to see
command-batch = Several videos: one request a line, or a file
command-jobs = Your videos: state, receipt, send again
command-models = Models and prices
command-balance = What is left this month
command-language = English or another language
command-add = Lay the media you reply to into your tray
command-tray = What waits for your next request
command-cancel = Cancel videos and throw drafts away
answer-in-private = Sent to you in private.
