# Limits set in the chat: the words, the panel, and who may; blocks, pauses, gifts, the audit.

quota-says-requests =
    { $limit ->
        [one] { $limit } video
       *[other] { $limit } videos
    } { $period ->
        [minute] a minute
        [hour] an hour
       *[day] a day
    }
quota-says-money = { $amount_microusd } { $period ->
        [day] a day
        [week] a week
        [month] a month
       *[ever] in all
    }
quota-says-active = { $limit } at once
quota-says-job = at most { $amount_microusd } a video
quota-says-model = only { $limit }
quota-says-resolution = up to { $limit }
quota-says-seconds = up to { $limit } s
quota-says-hours = from { $start } to { $end }
quota-short =
    { GIVEN($value) ->
        [yes] { $value } { $kind ->
            [requests] { $period ->
                [minute] a minute
                [hour] an hour
               *[day] a day
            }
            [money] { $period ->
                [day] a day
                [week] a week
                [month] a month
               *[ever] in all
            }
            [active] at once
            [job] a video
            [seconds] s
           *[other] { "" }
        }
       *[no] { $kind ->
            [requests] videos: –
            [money] money: –
            [active] at once: –
            [job] price: –
            [seconds] seconds: –
            [model] any model
            [resolution] any size
           *[hours] any hour
        }
    }
quota-name-requests = videos { $period ->
        [minute] a minute
        [hour] an hour
       *[day] a day
    }
quota-name-money = money { $period ->
        [day] a day
        [week] a week
        [month] a month
       *[ever] in all
    }
quota-name-active = at once
quota-name-job = price of one video
quota-name-model = models
quota-name-resolution = resolution
quota-name-seconds = seconds
quota-name-hours = hours of the day
quota-name-every = everything
quota-off = { $what }: as by default
quota-unlimited = { $what }: { $scope ->
        [user] no limit
        [service] no limit
       *[member] no limit of the group's
    }
quota-none = { $what }: none
quota-name-rest = everything else
quota-everywhere = { $limit } everywhere

quota-whom-members = Each member
quota-whom-member = { $name }
quota-whom-topic = This topic
quota-whom-chat = The group
quota-whom-service = The whole service
quota-scope-member = You here
quota-scope-user = You
quota-scope-topic = This topic
quota-scope-chat = The group
quota-scope-service = Everybody

quota-saved = Saved. { $whom }: { $limits }.
quota-nothing = { $whom }: there was nothing to change.
quota-panel = <b>Limits in “{ $title }”</b>
quota-line = { $whom }: { $limits }
quota-unsaved = <b>{ $whom }</b>: { $limits }. Not saved yet.
quota-no-own = no limits set
quota-defaults = By default: { $limits }
quota-used = Used: { $used_microusd } of { $limit_microusd } { $bar }
quota-reset =
    { $whom }: { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }{ GIVEN($money) ->
        [yes] { "" } and { $money } of the share
       *[no] { "" }
    } given back. What runs still counts.
quota-reset-none = { $whom }: there is nothing to give back. What runs still counts.
quota-reset-whom = Whose counts? For example: /quota @name reset. Limits are taken away by /quota off.
quota-people = Whose limits? Anybody else: /quota @name 5/day, or /quota in reply to their message.
quota-models = <b>{ $whom }</b>: { $limits }. Tick the models that may be used; without a tick all may.
quota-own-head = <b>Your limits here</b>
quota-own-line =
    { $whom }: { $limit }{ GIVEN($left) ->
        [yes] , { $left } left
       *[no] { "" }
    }{ GIVEN($resets) ->
        [yes] { "" } until { $resets }
       *[no] { "" }
    }

quota-twice = “{ $word }” is there twice over.
quota-unknown-word = I don't understand “{ $word }”. For example: /quota 5/day $2/week active=2
quota-unknown-period = “{ $word }” is no period. There are minute, hour, day, week, month and ever.
quota-no-amount = “{ $word }” needs an amount, for example 5/day, $2/week or job=$1.
grant-id-taken = This id names another grant already. Nothing was given: choose an id of its own.
amount-ambiguous = “{ $word }” can be read as { $less } or as { $more }. Nothing was changed: write the one you mean.
quota-too-much = “{ $word }” is more than can be set.
quota-period-money = Money is counted by day, week, month or ever, not by { $period } ({ $word }).
quota-period-requests = Videos are counted by minute, hour or day, not by { $period } ({ $word }).
quota-unknown-limit = There is no limit “{ $word }”. There are active, job, model, res, sec and hours.
quota-bad-model = “{ $word }” names no model. For example: model=seedance-2.0
quota-bad-resolution = “{ $word }” is no resolution. For example: res=720p
quota-bad-hours = “{ $word }” are no hours. For example: hours=09-23
quota-no-such-model = There is no model “{ $model }” here. /models lists them.
quota-no-topic = This is no topic of its own. Write it inside the topic that you mean.
quota-everywhere-whom = Whose? For example: /quota @name everywhere 3/day
quota-above-ceiling = The operator allows at most this here: { $limit }.
quota-operators-only = The operator set this one; only an operator can change it.

button-members = Members
button-one-person = One person
button-topic = This topic
button-chat = Group
button-stats = 📊 Stats
button-save = ✔ Save
button-undo = Undo
button-back = ‹ Back
button-limits = Limits

group-only = This is for groups.
moderators-only = Only this chat's administrators may do that.
held-service = New videos are paused everywhere for the moment. What runs goes on; send it again later.
held-denied = This bot does not work in this chat. Write to it in private.
held-chat = This chat is paused by its administrators. What runs goes on; they end it with /resume.
held-here = An administrator of this chat has paused your requests here. They can let you again with /unblock.
held-everywhere = An operator has paused your requests. Write to them to be let in again.
held-left = You are not in that group any more. Ask here to make it on your own account.
held-content = { $count ->
        [one] A request of yours was
       *[other] { $count } of your requests were
    } refused for the content in 24 hours, so you are paused until { $resets }. Nothing was charged.

block-usage = Use /block @name, /block with a number, or /block in reply to a person.
block-done-here = { $name } can't make videos in this chat any more. /unblock lets them in again.
block-done-everywhere = { $name } can't make videos anywhere any more. /unblock lets them in again.
unblock-done-here = { $name } may make videos in this chat again.
unblock-done-everywhere = { $name } may make videos again.
content-lifted = { $name } is no longer paused for refused content.
content-not-lifted = { $name } is paused until { $resets }, for content that was refused. Only an operator can end that sooner.
block-operator = { $name } is an operator and can't be kept out.
block-admin = { $name } administrates this chat; only an operator can keep them out.
moderators-set =
    { $here ->
        [0] Requests over a limit are shown where they are made again.
       *[other] Requests over a limit come here now, for the administrators to answer. /moderators off ends it.
    }
moderators-where =
    { $chosen ->
        [0] Requests over a limit are shown where they are made.
       *[other] Requests over a limit come to the place that was chosen. /moderators off ends it.
    } /moderators here brings them to this topic.
moderators-direct = In direct messages a request over a limit is shown in its writer's own topic, for the administrators to answer: any other topic is read by somebody else.
pause-done = Paused: this chat takes no new videos until /resume. What runs goes on.
resume-done = This chat takes videos again.
halt-done = Stopped: no new videos anywhere until /halt off. What runs goes on.
halt-ended = Videos are taken again everywhere.

gift-usage = Use /grant @name $5, or /grant $5 in reply: it goes from the group's pool to that person. New money comes from an operator.
gift-short = The group's pool holds { $left_microusd }; { $amount_microusd } is more than that.
gift-done = { $name } got { $amount_microusd } out of the group's pool; { $left_microusd } is left in it.

audit-head = <b>Last changes</b>
audit-none = Nothing was changed here yet.
audit-nobody = the service
audit-line =
    { $at } · { $who }: { $what }{ GIVEN($whom) ->
        [yes] { "" } { $whom }
       *[no] { "" }
    }{ GIVEN($details) ->
        [yes] { "" } { $details }
       *[no] { "" }
    }
audit-limit-line = { $at } · { $who }: { $what } · { $whom }: { $limit }
audit-in = { $line } · in “{ $title }”
audit-quota = limit
audit-quota-lifted = took away every limit of the group's from
audit-quota-default = gave back the usual limits to
audit-quota-reset = gave the counts back to
audit-ceiling = ceiling
audit-clock = time zone
audit-setting = setting
audit-setting-lock = setting
audit-where-here = made the only topic for videos
audit-where-too = made a topic for videos too
audit-where-not = took out of the topics for videos
audit-where-everywhere = let videos be made in every topic
audit-topic-lost = lost the topic for videos
audit-block = kept out
audit-unblock = let in again
audit-content-pause = paused, after refused content,
audit-content-lift = ended the pause, for refused content, of
audit-pause = paused the chat
audit-resume = resumed the chat
audit-halt = stopped everything
audit-halt-end = ended the stop
audit-deny-user = kept out everywhere
audit-deny-chat = kept the chat out
audit-moderators-here = chose the moderators' place
audit-moderators-off = gave up the moderators' place
audit-gift = gave from the pool
audit-grant-user = gave money
audit-grant-chat = filled the pool
audit-allow-user = let in
audit-allow-chat = let the chat in
audit-allow-once = allowed once
audit-report = reported a video
audit-approval-refused = refused a request over a limit
audit-migrated = the group became a supergroup

command-quota = Limits here: see and set them
command-stats = Who made and spent how much

help-moderator =
    <b>For this chat's administrators</b>
    /quota limits, with buttons or in words: /quota 5/day $2/week, /quota @name 20/day
    /quota @name unlimited exempts a member, /quota @name reset gives back what they used up
    /block and /unblock @name, or in reply · /pause and /resume the chat
    /settings topic: what holds in this topic; /settings only here: videos in this topic alone, everywhere ends it
    /moderators here: requests over a limit come into this topic · /words: what is not taken in requests
    /grant @name $5 out of the group's pool · /stats · /audit

command-block = Keep a person from making videos here
command-unblock = Let them again
command-pause = No videos in this chat for now
command-resume = Videos in this chat again
command-grant = Give money out of this chat's pool
command-audit = What was changed here, and by whom
command-moderators = Where requests over a limit are shown
command-allow = Let a person or a chat in
command-deny = Keep a person or a chat out
command-refund = Give Stars back
command-ledger = Every entry of money, as a table
command-halt = Stop everything, or go on

ceiling-usage = In a group: <code>/ceiling $40/month</code> bounds what its administrators may set for each member, <code>/ceiling chat $100/month</code> for the group; <code>off</code> takes a bound away: <code>/ceiling $off/month</code>.
ceiling-saved = Saved. The most that administrators may set here · { $whom }: { $limits }.
clock-usage = In a group: <code>/clock Europe/Berlin 4</code> begins its days at 04:00 of that time zone; without an hour at midnight. <code>/clock @name Europe/Berlin 4</code> does so for what a person's own account pays; <code>off</code>: as the service has it.
clock-told =
    { $saved ->
        [1] Saved. Days,
       *[0] Days,
    } weeks and months { GIVEN($name) ->
        [yes] of { $name }'s own account begin
       *[no] begin here
    } at { $hour } ({ $zone }).
