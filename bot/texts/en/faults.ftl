# What a request asks that can't be done as it stands. The buttons below a fault are its mends.

nothing-charged = Nothing was charged.
fault-no-attachment =
    <code>{ $label }</code>: { $count ->
        [0] { $kind ->
            [image] you attached no picture
            [video] you attached no video
           *[audio] you attached no sound
        }
        [one] { $kind ->
            [image] you attached one picture
            [video] you attached one video
           *[audio] you attached one sound
        }
       *[other] { $kind ->
            [image] you attached { $count } pictures
            [video] you attached { $count } videos
           *[audio] you attached { $count } sounds
        }
    }.
fault-which-attachment =
    <code>{ $label }</code>: which of the { $count } { $kind ->
        [image] pictures
        [video] videos
       *[audio] sounds
    }?
fault-no-value = <code>{ $option }</code> needs a value after it.
fault-option-unknown = <code>{ $option }</code> is not an option. <code>{ $meant }</code>?
fault-twice =
    You asked for both { $one } and { $other }. Which { $option ->
        [model] model
        [ratio] shape
        [duration_s] length
        [resolution] resolution
        [count] number
        [seed] seed
        [preset] place
       *[other] one
    } shall it be?
fault-bad-model = There is no model <code>{ $value }</code>. /models shows them all.
fault-bad-ratio = <code>{ $value }</code> is not a shape. Write it like 9:16.
fault-bad-duration = <code>{ $value }</code> is not a length. Write whole seconds, like 8 s.
fault-bad-resolution = <code>{ $value }</code> is not a resolution. Write it like 720p.
fault-bad-seed = <code>{ $value }</code> is not a seed. Write a whole number from 0 to { $max }.
fault-bad-count = <code>{ $value }</code> videos at once can't be made. Write a number from 1 to { $max }.
fault-bad-preset = <code>{ $value }</code> is not a place that I know. I know { $known }.
fault-too-many-videos = { $count } videos at once are too many; { $max } is the most. Ask for fewer.
fault-list-empty = The list is empty. Write one request a line after /batch, or attach a .txt or .csv file.
fault-list-and-words = There is a list in the file and another after /batch. Send the file with /batch alone, or only the lines.
fault-list-too-long = A list may have { $max } lines. Send it in parts.
fault-list-unreadable = The list can't be read. Send a .txt or .csv file of plain text, up to 500 kB.
fault-list-format = A list is a .csv or .txt file. Save the table as CSV, in Excel or Google Sheets too, and send that with /batch.
fault-list-quote = Row { $number } opens a quote (") and never closes it, so the rows after it can't be told apart. Close it and send the file again.
fault-in-line = Line { $number }: { $text }
fault-more-lines =
    { $count ->
        [one] One more line can't be made as it stands.
       *[other] { $count } more lines can't be made as they stand.
    }
fault-empty = Say what should happen, or attach a picture.
fault-prompt-too-long = The text has { $count } characters; { $max } fit. Shorten it by { $over }.
fault-too-many =
    { $count } { $kind ->
        [image] pictures
        [video] videos
       *[audio] sounds
    } are too many; at most { $max } fit.
fault-too-many-files = { $count } attachments are too many; at most { $max } fit together.
fault-kind-not-taken =
    { $model } takes no { $kind ->
        [image] pictures
        [video] videos
       *[audio] sound
    }. Leave that out, or choose another model.
fault-audio-alone = { $model } needs a picture or a video beside the sound. Attach one.
fault-needs-public-url = This model takes videos only from a public address, which this bot does not have. Use pictures instead.
fault-no-frames = { $model } does not begin or end with a given picture. Use it as a reference.
fault-frames-only =
    { $max ->
        [one] { $model } takes one picture, as the first frame. Send the others to another model.
       *[other] { $model } takes two pictures, as the first and the last frame. Leave the others out.
    }
fault-no-last-frame = { $model } takes a first frame but no last one. Leave it out, or choose another model.
fault-needs-kind =
    { $kind ->
        [video] { $model } changes a video that it is given. Attach one.
       *[image] { $model } begins with a picture. Attach one.
    }
fault-frame-twice =
    Only one picture can be the { $role ->
        [first] first
       *[last] last
    } frame. Which one?
fault-last-without-first = <code>{ $label }</code> is the last frame; which picture is the first?
fault-frames-mixed = { $model } takes first and last frames, or references, but not both.
fault-duration = { $seconds } s: { $model } makes { $made } s.
fault-resolution = { $resolution }: { $model } makes { $offered }.
fault-ratio = { $ratio } is not offered. There is { $offered }.
fault-model-unknown = There is no model { $model } here. There is { $known }.
fault-model-retired = { $model } was retired by its maker on { $date }. Choose another model.
fault-no-models = No video model is set up yet. Ask whoever runs this bot.

fault-file-too-big-for-telegram =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>
       *[no] A file
    } is larger than { $max } MB, the most that Telegram hands to a bot. Send it smaller or shorter.

media-unreadable = A file can't be read. Send it again, or another one.
media-wrong-kind =
    A file is { $kind ->
        [image] a picture
        [video] a video
       *[audio] sound
    }, where { $wanted ->
        [image] a picture
        [video] a video
       *[audio] sound
    } is needed. Send another one.
media-too-big =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>
       *[no] A file
    } has { $mb } MB; { $max } MB is the most. Send it smaller.
media-too-many-pixels = A picture has too many pixels to be opened. Send it smaller.
media-odd-shape =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>
       *[no] A picture
    } of { $width } × { $height } is too narrow for this model. Crop it and send it again.
media-too-short =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code> has { $seconds } s, which
       *[no] A clip of { $seconds } s
    } is too short; { $min } s is the least. Send a longer one.
media-too-long =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code> has { $seconds } s, which
       *[no] A clip of { $seconds } s
    } is too long; { $max } s is the most. Send a shorter one.
media-too-long-in-total =
    The { $kind ->
        [video] videos
       *[audio] sounds
    } have { $seconds } s together; { $max } s is the most. Leave one out, or send shorter ones.
media-gone = Telegram does not have a file any more. Send it again.
link-useless = { $host } does not give the file of your link. Open the link to see whether it works, or send the file itself.
link-too-big = The file of your link is larger than { $max } MB. Send it smaller.

note-image-scaled = A picture is resized to { $width } × { $height }.
note-image-padded = A picture gets bars, to { $width } × { $height }.
note-image-still = Of a moving picture the first frame is taken.
note-video-scaled = A video is resized to { $width } × { $height }.
note-video-padded = A video gets bars, to { $width } × { $height }.
note-video-fps = A video is converted to { $fps } frames a second.
note-video-trimmed = A video is cut to its first { $seconds } s.
note-audio-trimmed = The sound is cut to its first { $seconds } s.
note-audio-extracted = Only the sound of the video is taken.

note-flags-removed = Taken out: <code>{ $flags }</code>
note-negative-in-prompt = “Avoid: { $negative }” goes into the text.
note-frame-cut = The first frame is cut to { $ratio }.
note-ratio-kept = { $model } keeps the shape of what it is given.
note-ratio-nearest = { $ratio } is the nearest shape; the edges are cut.
note-ratio-unknown = The shape of what you sent is not known yet: { $ratio } is taken, and its edges may be cut.
note-resolution-nearest = { $model } makes { $resolution }.
note-duration-nearest = { $model } makes { $seconds } s.
note-no-sound = { $model } makes no sound here.
note-sound-stays = { $model } always makes sound.
note-seed-ignored = { $model } takes no seed.
