# What is kept, how it is forgotten, and one's own videos in other chats.

privacy =
    <b>What is kept</b>
    Your words, the settings of each video and its cost: { $words } days.
    Finished videos and their last frames on our disk: { $files } days. In the chat they stay until you delete them.
    References to photos, videos and sounds that nobody used: { $media } days; your tray: { $minutes } minutes.
    Raw messages: { $raw } days; what I wrote: 30 days.
    Chats of a business account that I am connected to: only what you ask with /video, the file you reply to and the client's name; all else is gone within minutes.
    Your library and your settings: until you delete them.

    Words and references go to the video model that you ask, nowhere else.{ GIVEN($speech) ->
        [yes] {" "}A voice note that you have written down goes to { $speech }.
       *[no] { "" }
    }{ GIVEN($richer) ->
        [yes] {" "}With ✨ the words of that draft go to { $richer }: no files, no names.
       *[no] { "" }
    }
    The books (who paid what and when) stay without your words.

    /forget takes all of it away now, raw messages too.
forget-ask =
    Forget your words, references, videos, library and open requests? What was paid stays in the books. { $count ->
        [0] { "" }
        [one] One running video ends first.
       *[other] { $count } running videos end first.
    }
forget-begun =
    { $count ->
        [0] It will be gone in a few minutes. I'll say when.
        [one] One video can't be stopped any more; when it has come, all will be gone. I'll say when.
       *[other] { $count } videos can't be stopped any more; when they have come, all will be gone. I'll say when.
    }
forget-already = It is being forgotten already.
forget-done = All is forgotten: words, raw messages, references, videos on our side, library. The books keep what was paid. What others wrote in reply to you goes within three days.
button-forget = Forget all
inline-none = No such video of yours yet. Make one
guest-none = No such video of yours yet. Make one in our chat, then name me here again and I show it: { $link }
inline-caption = <i>{ $prompt }</i>
command-privacy = What is kept, and how long
command-forget = Forget my words, references and videos
