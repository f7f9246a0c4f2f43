# References and words kept under a name, and the list of videos.

library-how = Send <code>/save hero</code> in reply to a photo, a video or a sound, or as its caption. Later <code>@hero</code> in your words means it.
    Words have names too: after <code>/save noir in black and white, hard light</code> a request may just say <code>@noir</code>.
library-words-saved = Saved. <code>@{ $name }</code> stands for <i>{ $words }</i> from now on. /library shows all.
library-words-too-long = That is { $count } characters; { $max } can be kept under a name. Shorten it.
library-words-line = <code>@{ $name }</code> <i>{ $words }</i>
library-saved =
    { $kind ->
        [image] Saved. <code>@{ $name }</code> means this picture from now on.
        [video] Saved. <code>@{ $name }</code> means this video from now on.
       *[audio] Saved. <code>@{ $name }</code> means this sound from now on.
    } /library shows all.
library-empty = Nothing is saved yet. Send <code>/save hero</code> in reply to a photo; later <code>@hero</code> in your words means it.
library-head =
    <b>Your library</b>, { $count ->
        [one] { $count } name
       *[other] { $count } names
    }. A button shows what it means, and what can be done with it.
library-line =
    <code>@{ $name }</code> { $kind ->
        [image] picture
        [video] video
       *[audio] sound
    }
library-bad-name = A name is one word of Latin or Cyrillic letters, digits and _, at most { $max } long, like <code>hero</code>.
library-name-is-label = <code>@{ $name }</code> already means an attachment. Choose another word.
library-name-taken = You have something under that name already. Nothing was changed.
library-full = { $max } names are saved, the most there can be. Delete one in /library first.
library-gone = That is not in your library any more.
library-renamed = Now it is <code>@{ $name }</code>.
library-removed = Deleted from your library.
button-library-rename = Rename
button-library-delete = Delete
ask-rename = Reply with the new name of <code>@{ $name }</code>.
field-rename = The new name
card-named = From your library: { $names }
note-name-near = <code>@{ $name }</code> is left as a word. In your library there is <code>@{ $near }</code>.

jobs-none-such = None of these.
jobs-none-running = Nothing is being made now.
caption-short =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }#{ $code }
state-erased = deleted
button-jobs-all = All
button-jobs-running = Running
button-jobs-finished = Finished
button-jobs-failed = Failed
button-jobs-newer = ‹ Newer
button-jobs-older = Older ›
button-jobs-receipts = 🧾 Receipts
button-jobs-gallery = 🎞 See these

command-save = Keep the photo you reply to under a name
command-library = Photos, videos, sounds and words kept under a name
