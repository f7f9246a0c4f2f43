# A request before it starts: the card, its references, its faults and their mends, the tray.

card = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $sound ->
        [off] 🔇
       *[on] 🔊
    } · { $price } · left { $left }
card-covered = It comes covered, until a tap.
card-uncovered = It comes uncovered; where a chat covers its videos, it stays covered.
card-reference = <code>@{ $label }</code> { $role }
card-added = Added in front of your words: <code>{ $labels }</code>
card-no-faces = This model refuses photos of real people's faces.
card-may-not-fit = May be larger than { $max_bytes }, the most that Telegram takes: then it comes made smaller.
card-no-sheet = The picture of them could not be made; this list is what counts.
card-one-of-album = I see only this one item of the album: in a group Telegram shows me just what is addressed to me. Reply to each other item with /add, or make me an administrator.
card-unused = Not used: <code>{ $labels }</code>
card-count =
    { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }

role-first = first frame
role-last = last frame
role-reference = reference
role-audio = sound

button-start = ▶ Start { $price }
button-discard = ✕
button-sound-on = 🔊
button-sound-off = 🔇
choice-open = { $value } ▾
choice-count = × { $count }
# The first frame and the last one, on one line of a phone.
choice-frames = From { $first } to { $last }
choice-roles = Roles
button-use-tray = + @{ $label }
button-first = @{ $label }: first frame
button-reference = @{ $label }: reference
discarded = Thrown away. Nothing was charged.

faults-head =
    { $count ->
        [one] One thing to settle:
       *[other] { $count } things to settle:
    }
faults = { faults-head }
fault-line = • { $text }

mend-duration = { $seconds } s
shape-kept = same shape
mend-ratio = { $ratio }
mend-resolution = { $resolution }
mend-model = { $model }
mend-count =
    { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
mend-preset = for { $preset }
mend-seed = seed { $seed }
mend-audio =
    { $on ->
        [0] no sound
       *[other] with sound
    }
mend-replace = { $text }
card-list =
    🎬 { $count ->
        [one] { $count } video
       *[other] { $count } videos
    } · { $price } · left { $left }
card-list-line = { $number }. <i>{ $prompt }</i>
card-list-more = … and { $count } more
mend-skip-lines =
    { $count ->
        [one] Skip this line
       *[other] Skip these { $count } lines
    }
mend-use = use { $text }
mend-leave-out = without { $labels }
mend-all-references = All as references
mend-role =
    { $role ->
        [first] { $label }: first frame
        [last] { $label }: last frame
       *[reference] { $label }: reference
    }

tray-shown = In your tray: { $items }
tray-empty = The tray is empty. Send a photo, a video or a voice note without words to lay it in.
tray-cleared = The tray is empty now.
button-clear-tray = Empty the tray
added-to-tray = Added as <code>@{ $label }</code>.
album-item-late = This file came too late for its album's request. It waits in your tray for the next one.

again-price = #{ $code } once more:
