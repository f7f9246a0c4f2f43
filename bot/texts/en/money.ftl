# Prices, balances, limits, and what operators do.

models-head = <b>Models and prices</b>
models-line =
    <b>{ $model }</b> <code>{ $id }</code> · { $durations } · { $resolutions } · { $price } for 5 s at 720p{ $faces ->
        [refused] { "" } · no real people's faces
       *[other] { "" }
    }
models-none = No video model is set up yet. The operator sets one key, for example ARK_API_KEY.

balance-means = You can spend here: <b>{ $means }</b>
balance-allowance =
    { $payer ->
        [chat] The group's allowance
       *[user] Your allowance
    }: { GIVEN($left) ->
        [yes] { $left } left of { $limit }
       *[no] { $limit }
    }{ GIVEN($resets) ->
        [yes] , until { $resets }
       *[no] { "" }
    }
balance-user = Own balance: { $balance }
balance-today =
    Today: { GIVEN($most) ->
        [yes] { $requests } of { $most ->
            [one] { $most } video
           *[other] { $most } videos
        }
       *[no] { $requests ->
            [one] { $requests } video
           *[other] { $requests } videos
        }
    }
balance-chat = Pool of “{ $title }”: { $balance }

limit-forbidden =
    Making videos is switched off { $scope ->
        [member] for you in this group
        [chat] in this group
        [topic] in this topic
        [user] for you
       *[service] for the moment
    }. { $liftable ->
        [admin] The group's administrators can switch it on.
       *[operator] An operator can switch it on.
    }
limit-money =
    This would be { $price_microusd }; { $scope ->
        [user] you have { $left_microusd } left
        [member] you have { $left_microusd } left in this group
        [chat] this group has { $left_microusd } left
        [topic] this topic has { $left_microusd } left
       *[service] the whole service has { $left_microusd } left
    }{ GIVEN($resets) ->
        [yes] { "" } until { $resets }
       *[no] { "" }
    }.
limit-requests =
    { $limit ->
        [0] Making videos is switched off here.
        [one] { $limit } video { $period ->
            [minute] a minute
            [hour] an hour
            [day] a day
            [week] a week
            [month] a month
           *[other] in all
        } is used up.
       *[other] { $limit } videos { $period ->
            [minute] a minute
            [hour] an hour
            [day] a day
            [week] a week
            [month] a month
           *[other] in all
        } are used up.
    }{ GIVEN($resets) ->
        [yes] { "" } New ones { $resets }.
       *[no] { "" }
    }
limit-active =
    { $limit ->
        [0] Making videos is switched off here.
        [one] { $limit } video at a time is the most. Send the next when it is done.
       *[other] { $limit } videos at a time are the most. Send the next when one is done.
    }
limit-job = This would be { $price_microusd }; { $limit_microusd } is the most for one video here.
limit-model = Only { $limit } may be used here.
limit-resolution = { $limit } is the highest resolution here.
limit-seconds = { $limit } s is the longest video here.
limit-hours = Videos are made here from { $from_hour } to { $until_hour }. Next time: { $resets }.
limit-balance-owed = A refunded payment left { $owed_microusd } to settle first. Top up, or ask the operator.
nearly-used =
    { $percent } % used { $scope ->
        [user] of your own limit
        [member] of your limit in “{ $title }”
        [chat] of the group's limit
        [topic] of this topic's limit
       *[service] of the whole service's limit
    }: { $limit }. Left: { $left }{ GIVEN($until) ->
        [yes] , until { $until }
       *[no] { "" }
    }.
button-fits = { $change } fits, { $price }

allow-done-user = { $name } may make videos now.
allow-done-chat = Members of “{ $title }” may make videos now.
allow-usage = Use /allow in a group to let its members in, /allow @name, or /allow in reply to a person.
deny-done-user = { $name } is kept out everywhere. /allow lets them in again.
deny-done-chat = “{ $title }” is kept out: nothing is made in it. /allow lets it in again.
deny-usage = Use /deny in a group to keep it out, /deny @name, or /deny in reply to a person.
grant-done = { $name } got { $amount }; the balance is { $balance }.
grant-usage = Use /grant @name $5, or /grant $5 in reply to a person; in a group /grant $100 fills its pool.
unknown-person = I have not seen { $name } yet. Reply to one of their messages instead, or give their number.
operators-only = Only an operator may do that.
