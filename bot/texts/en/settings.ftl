# What holds unless it is said otherwise: a person's settings and a chat's.

settings-own = <b>Your settings</b>: they hold unless you say otherwise.
settings-chat = <b>Settings of { $title }</b>: they hold for its members unless they say otherwise; 🔒 whatever they say.
settings-line =
    { $name }: <b>{ $value }</b>{ $locked ->
        [0] { "" }
       *[other] { " " }🔒
    }
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
settings-about-quiet = In these hours my messages make no sound.
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
stuck-smaller = #{ $code } took too long, so I make it again smaller: { $resolution }, { $seconds }. Nothing was charged for the first.
command-settings = Model, shape, language, quiet hours
