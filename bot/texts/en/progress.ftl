# A job from its start to the video in the chat, and what can be done with it then.

status-resting = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $price } · left { $left } · starts in a moment
status-queued = ⏳ In the queue · place { $position } · { $model }
status-preparing = ⏳ Preparing your files
status-rendering = ⏳ Rendering · about { $left } left { $bar }
status-rendering-percent = ⏳ Rendering · { $percent } % { $bar }
status-rendering-long = ⏳ It takes longer than usual ({ $waited } so far). It goes on; you can wait or cancel.
status-waiting-provider = ⏳ { $model } does not answer at the moment. Your request waits; nothing is lost.
status-uncertain = ⏳ Checking whether the video model took the request. Your money is held meanwhile, not spent.
status-sending = 📤 Sending
status-fitting = 📦 Making it fit for the chat · { $percent } % { $bar }
preview =
    { $code ->
        [none] <i>{ $words }</i>
       *[other] <b>#{ $code }</b> <i>{ $words }</i>
    }
    { $status }
status-draining = ⏳ The service is being updated. Your request is stored and goes on in a few minutes.

caption =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }{ $model } · { $seconds } · { $cost } · #{ $code }
caption-late =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }{ $model } · { $seconds } · late, so free of charge · #{ $code }

button-cancel = ✕ Cancel
button-let-come = Let it come
button-again = ↻ Again
button-reword = ↻ Again with the new words
button-seed = 🎲 New seed
button-details = Details
button-original = Original file
button-send-again = Send it again
button-receipt = 🧾 #{ $code }
button-redeliver = Send #{ $code }

cancel-done = Cancelled. Nothing was charged.
cancel-asked = ⏳ Asking the video model to stop.
cancel-too-late = It is already being rendered and can't be stopped there; it will come and cost { $price }.
cancel-finished = It is finished already and on its way.
cancel-drafts = Thrown away, nothing was charged:
cancel-draft =
    { $told ->
        [0] • what had not arrived whole yet
       *[other] • <i>{ $words }</i>
    }
cancel-drafts-more = and { $count } more
edit-too-late =
    { $stage ->
        [made] It was made already, with the old words.
       *[running] It is already being made with the old words. If it can't be stopped there any more, it will come and cost { $price }.
    }

failed = { $reason } Nothing was charged.
deadline = { $model } did not finish within { $waited_s }. Nothing was charged. Ask again, or choose another model.
uncertain-released = It could not be found out whether the video model took the request. Nothing was charged; ask again if you like.
output-unreadable = The video model returned a file that can't be read. Nothing was charged. Please try again.

sent-maybe = #{ $code } was sent, but Telegram did not confirm it. If you don't see the video, press the button.
sent-failed = #{ $code } is finished, but Telegram did not take the file. It is kept; press the button to try again.
parked =
    { $count ->
        [one] A finished video was waiting for you. Here it is.
       *[other] { $count } finished videos were waiting for you. Here they are.
    }
away =
    I was away for { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }. { $count ->
        [one] Your video went on meanwhile: { $jobs }.
       *[other] Your { $count } videos went on meanwhile: { $jobs }.
    }

jobs-none = No videos yet. Send a photo with a sentence to make the first.
jobs-head =
    { $count ->
        [one] <b>Your latest video</b>
       *[other] <b>Your latest videos</b>
    }
jobs-line =
    #{ $code } · { $state }{ GIVEN($prompt) ->
        [yes] { "" } · <i>{ $prompt }</i>
       *[no] { "" }
    } · { $cost }{ GIVEN($reason) ->
        [yes] { "\u000A" }{ $reason }
       *[no] { "" }
    }

state-queued = queued
state-submitting = being handed over
state-running = rendering
state-collecting = being fetched
state-delivering = being sent
state-delivered = delivered
state-uncertain = being checked
state-failed = failed
state-cancelled = cancelled

receipt =
    <b>#{ $code }</b>
    { $model }{ GIVEN($version) ->
        [yes] { "" } · { $version }
       *[no] { "" }
    }
    { $seconds } · { $resolution } · { $ratio }{ GIVEN($seed) ->
        [yes] { "" } · seed { $seed }
       *[no] { "" }
    }{ GIVEN($references) ->
        [yes] { "\u000A" }Made from: { $references }
       *[no] { "" }
    }{ GIVEN($reason) ->
        [yes] { "\u000A" }{ $reason }
       *[no] { "" }
    }{ "\u000A" }Asked: { $asked }{ "\u000A" }Cost: { $cost }{ GIVEN($parent) ->
        [yes] { "\u000A" }After: { $parent }
       *[no] { "" }
    }{ GIVEN($task) ->
        [yes] { "\u000A" }Number at the model: <code>{ $task }</code>
       *[no] { "" }
    }
receipt-none = That video is not known here any more.

too-large-link = { $size_bytes } is more than the { $max_bytes } that Telegram takes from a bot. The link is good until { $until }; <code>/jobs</code> gives a new one.
too-large-kept = { $size_bytes } is more than the { $max_bytes } that Telegram takes from a bot, and this bot has no public address to link to. The video is kept; its operator can hand it over.
button-download = ⬇ Download { $size_bytes }
status-taken-over = ⏳ { $before } does not answer at the moment; { $model } makes it. The price stays within what you saw.
button-elsewhere = { $model } { $price }
elsewhere-under-way = It is already under way.
elsewhere-waits = #{ $code } goes on waiting; ✕ on its card takes it back.
