# Codes that give money, and money to try it.

promo-usage = Use <code>/promo new SUMMER $2 uses=100 until=2026-12-31</code>; without “uses” it is good once, without “until” it has no end. A code has 3 to 32 of A-Z, 0-9, _ and -. <code>/promo</code> lists the codes, <code>/promo off SUMMER</code> ends one.
promo-private = Codes are made and listed in our private chat.
promo-past = That day is over. Choose a later one.
promo-exists = There is a code <code>{ $code }</code> already, or there was one. Choose another.
promo-none-such = No code <code>{ $code }</code> is open. /promo lists them.
promo-made =
    <code>{ $code }</code> gives { $amount_microusd } to { $count ->
        [one] one person
       *[other] each of { $count } people
    }, { $total_microusd } at most in all{ GIVEN($until) ->
        [yes] , until { $until }
       *[no] { "" }
    }. Who redeems it is let in: <code>/redeem { $code }</code>, or the bot's link with <code>?start=promo_{ $code }</code> at its end.
promo-ended = <code>{ $code }</code> is ended. What was given stays given.
promo-none = There is no code yet. <code>/promo new SUMMER $2 uses=100 until=2026-12-31</code> makes one.
promo-head = <b>Codes</b>
promo-line =
    <code>{ $code }</code> · { $amount_microusd } · { $uses } of { $most_uses } used{ GIVEN($until) ->
        [yes] { "" } · until { $until }
       *[no] { "" }
    }{ $state ->
        [off] { "" } · ended
        [over] { "" } · over
       *[open] { "" }
    }

redeem-usage = Write <code>/redeem</code> and your code after it.
redeem-done = { $amount_microusd } are on your account now; it holds { $balance_microusd }. Write what you want to see.
redeem-already = You have redeemed <code>{ $code }</code> already.
redeem-unknown = This code is not valid, or not any more. Check how it is written.
redeem-later = Too many codes that are not valid. Try again in an hour.
welcome = { $amount_microusd } are on your account to try it.

audit-promo-new = made a code for
audit-promo-off = ended a code
audit-promo-redeem = redeemed a code for
audit-welcome = gave money to try it to
command-promo = Codes that give money: make, list, end
