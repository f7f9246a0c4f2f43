# What can be done with a delivered video, and the questions that follow from it.

button-edit = ✏️ Edit
button-edit-words = ✏️ Edit the words
button-swap = 🖼 Another file
button-vary = ↻ Again
button-higher = ⬆ { $resolution } { $price }
button-more = ⋯
button-less = ‹ Less
button-shape = ▭ Other shape
button-extend = ⏩ Extend
button-use-video = Reuse video
button-use-frame = Reuse last frame
button-share = ↗ Share
button-to-me = To our chat
button-report = ⚑ Report
button-begin = Open our chat
button-delete = 🗑 Delete
button-delete-yes = Delete for good
button-keep = ‹ Keep it

ask-edit =
    #{ $code } with other words: reply to this message with them. Pictures and settings stay. The words so far:

    <code>{ $words }</code>
ask-swap =
    #{ $code } with another file: reply to this message with it. Words and settings stay, unless you write other ones below it. The words so far:

    <code>{ $words }</code>
ask-extend =
    #{ $code } goes on from its last frame. Reply to this message with what happens next. The words so far:

    <code>{ $words }</code>
field-edit = The new words
field-swap = Attach the file; other words if you like
field-extend = What happens next

sent-to-you = It is in our private chat.
not-begun = We have no private chat yet, and only you can begin it. The video comes there as soon as you do.
report-thanks = Thank you. The operators will look at it.
report-enough = You reported several videos today; the operators have them. Write to them for more.
laid-in-tray = In your tray as <code>@{ $label }</code>. It goes into your next request.
deleted = Deleted here. What it cost stays in the books.
deleted-by-hand = The files of #{ $code } are deleted. Telegram lets a bot take back messages of the last two days only; delete this one yourself.

note-locked =
    { $option ->
        [model] Only { $value } is made here, as this chat decided.
        [ratio] Only { $value } is made here, as this chat decided.
        [duration_s] Only { $value } s are made here, as this chat decided.
       *[other] Only { $value } is made here, as this chat decided.
    }
settings-no-hours = These are no hours. Write them like 22-7.
