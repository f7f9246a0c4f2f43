# A group's draft that several members add to, and one of them pays for.

button-draft-open = 👥 Let others add
button-draft-close = 🔒 No more files
button-pay = ▶ Pay and make { $price }
button-take-out = ✕ @{ $label }

shared-head =
    👥 Draft { $number } · { $open ->
        [0] no more files
       *[other] to add, reply here with a file, or to one in the chat with <code>/add { $number }</code>
    } · who takes part may pay and has the video
card-of-all = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $sound ->
        [off] 🔇
       *[on] 🔊
    } · { $price }
card-brought = <code>@{ $label }</code> { $role } · from { $name }
shared-brought = <code>@{ $label }</code> from { $name }
shared-lost = Taken out, though the words name it: <code>{ $labels }</code>
shared-over = This draft is over: it was started, thrown away, or waited for a week. Send a request of your own.
shared-closed = Its asker takes no more files for draft { $number }.
shared-enough = A draft takes { $each } files of one member and { $all } in all. Take one out with ✕ first.
shared-not-part = Who takes part may pay: reply to this message with a file first.
shared-not-yours = Who brought it, the asker or a moderator can take it out.
shared-no-such = There is no draft { $number } here.
shared-how = Reply to the draft's card with a photo, a video or a sound; or to one in the chat with /add and the draft's number.
