# What holds unless it is said otherwise: a person's settings and a chat's.

settings-own = <b>Your settings</b>: they hold unless you say otherwise.
settings-chat = <b>Settings of { $title }</b>: they hold for its members unless they say otherwise; 🔒 whatever they say.
settings-legend =
    { $count ->
        [0] Nothing is set yet; this is what holds.
       *[other] What is set is <b>bold</b>.
    }
settings-line =
    { $name }: <b>{ $value }</b>{ $locked ->
        [0] { "" }
       *[other] { " " }🔒
    }
settings-line-usual = { $name }: { $value }
settings-line-unset = { $name }: { $value } (not set)
settings-unset = not set
settings-usual-ratio = the first picture's, else 16:9
settings-usual-language = each reads their own
settings-usual-quiet = none
settings-usual-spoiler = off
settings-usual-protect = off
settings-held = held whatever is said
settings-not-held = no longer held
settings-name-model = Model
settings-name-ratio = Shape
settings-name-duration_s = Seconds
settings-name-resolution = Resolution
settings-name-confirm_above_microusd = Ask above
settings-name-language = Language
settings-name-zone = Time zone
settings-name-quiet = Quiet hours
settings-name-downgrade = When stuck
settings-name-spoiler = Cover
settings-name-protect = No forwarding
settings-about-spoiler = Videos come covered, until a tap on them.
settings-about-protect = Telegram lets nobody forward or save the videos of this chat.
settings-spoiler-on = on
settings-protect-on = on
settings-about-model = Which model makes a video when none is named.
settings-about-ratio = Which shape a video has when none is said and no picture gives one.
settings-about-duration_s = How long a video is when nothing is said.
settings-about-resolution = Which resolution a video has when none is said.
settings-about-confirm_above_microusd = Above this price nothing starts without a tap.
settings-about-language = In which language I write.
settings-about-zone = In which zone times are told.
settings-about-quiet = In these hours my messages make no sound. They count by { $zone }; “Time zone” changes that.
settings-about-downgrade = What happens when a video took too long and did not come.
settings-count-own = Your own limits count by { $zone }, where days begin at { $hour }, whichever zone is set here; a group's count by its own clock.
settings-count-chat = Limits here count by { $zone }, where days begin at { $hour }, whichever zone is set here; an operator changes that with /clock.
settings-downgrade-offer = offer a smaller one
settings-downgrade-do = make a smaller one
settings-no-zone = I don't know that time zone. Write it like Europe/Berlin.
button-lock = 🔒 Hold always
button-unlock = Unless said otherwise
button-other-zone = Another…
ask-zone = Reply with your time zone, like <code>Europe/Berlin</code>.
field-zone = Europe/Berlin
button-smaller = { $change }: { $price }
stuck-smaller = #{ $code } took too long, so I make it again smaller: { $resolution }, { $seconds }, { $price_microusd }. Nothing was charged for the first.
command-settings = Model, shape, language, quiet hours

# A topic of a forum, and where a group's videos are made.
settings-topic = <b>Settings of the topic { $topic }</b>: they hold here in place of the group's, unless a member says otherwise or has a setting of their own; 🔒 whatever they say.
settings-topic-line =
    In this topic ({ $topic }): { $count ->
        [0] as in the whole group
       *[other] <b>{ $values }</b>
    }
settings-line-of-chat =
    { $name }: { $value } (the group's){ $locked ->
        [0] { "" }
       *[other] { " " }🔒
    }
settings-unset-topic = as in the group
settings-where-line =
    { $count ->
        [0] Videos are made in every topic.
       *[other] Videos are made only in { $topics }.
    }
settings-about-where = Whoever asks elsewhere is told where. Everywhere brings it back, from any topic. In words: <code>/settings only here</code>, <code>here too</code>, <code>not here</code>, <code>everywhere</code>.
settings-words =
    I don't know what “{ $words }” sets. Like this: <code>/settings 9:16 8s 720p</code>, a model's name too, <code>/settings off</code>; for one topic <code>/settings topic 9:16</code>; for where videos are made <code>/settings only here</code> or <code>everywhere</code>.
settings-not-offered = “{ $value }” can't be set: that model can't do it. It can: { $offered }.
button-this-topic = This topic
button-whole-group = ‹ Whole group
button-where = Where videos are made
button-where-here = Only here
button-where-too = Here too
button-where-not = Not here
button-where-everywhere = Everywhere
where-no-topics = This group has no topics, so there is nothing to choose between.
where-nowhere = Then videos would be made nowhere. Say <code>/settings only here</code> in the topic that is for them, or <code>/pause</code>.
topic-general = General
topic-unnamed = the chosen topic
held-elsewhere =
    Here I make no videos; in this group I make them in { $topics }.{ $moderates ->
        [yes] { " " }You can end that with <code>/settings everywhere</code>.
       *[no] { "" }
    }
topic-lost =
    The topic { $topic } is gone, and videos were made there. { $count ->
        [0] Now I make them in every topic again; an administrator can choose one anew with <code>/settings only here</code> in it.
       *[other] I go on making them in { $topics }.
    }
topic-closed = The topic { $topic } is closed to me, and videos are made there: what I had to say went here. An administrator can open it again, or say <code>/settings everywhere</code>.
