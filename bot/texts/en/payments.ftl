# Top-ups with Telegram Stars.

topup-offer =
    { $place ->
        [first] How many Stars for a pool of “{ $title }”? Your payment opens it: from then on it pays for all videos made here, and nobody's own account does.
        [group] How many Stars for the pool of “{ $title }”? Everybody here makes videos from it.
       *[self] How many Stars for your own balance? It is used when this month's allowance is spent.
    }
button-stars = ⭐ { $stars } · { $price_microusd }
button-topup = ⭐ { $stars } · top up { $price_microusd }
topup-usage = Use /topup 500: a whole number of Stars from 1 to 10000. Without a number I show some amounts.
# Over the Pay button too, at most 200 characters.
topup-no-pool = This group has no pool, and only its administrators can open one. Ask them, or send /topup to me in private and pay for yourself. Nothing was taken.
topup-off = Nothing is sold here at the moment.

# A title has at most 32 characters, a description 255.
invoice-title =
    { $place ->
        [group] Top-up of the group's pool
       *[self] Top-up of your balance
    }
invoice-words =
    { $place ->
        [group] { $price_microusd } for videos in this group. Only { $name } can pay this invoice, within an hour.
       *[self] { $price_microusd } for videos. The invoice is good for an hour.
    }

# At most 200 characters each: Telegram shows them over the Pay button.
checkout-unknown = This invoice is not known here any more. Send /topup for a new one.
checkout-other-payer = This invoice belongs to somebody else. Send /topup for your own.
checkout-blocked = You can't make videos here, so nothing is sold to you. Ask the operator.
checkout-paid = This invoice is paid already. Send /topup for another one.
checkout-old = This invoice is too old. Send /topup for a new one.

topup-done =
    { $price_microusd } arrived. { $place ->
        [group] The pool of “{ $title }” is now { $balance_microusd }.
       *[self] Your balance is now { $balance_microusd }.
    }
    Payment: <code>{ $charge }</code>
topup-returned =
    { $stars ->
        [one] { $stars } Star
       *[other] { $stars } Stars
    } could not be credited and { $stars ->
        [one] goes
       *[other] go
    } back to you.
pool-closed = All that was paid into the pool of “{ $title }” went back, so it is closed: from now on everybody here pays for their own videos.

refund-usage = Use /refund and the number of the payment, as /topup shows it.
refund-unknown = I know no payment <code>{ $charge }</code>. A payment that was missed is found by the nightly comparison.
refund-twice = The payment <code>{ $charge }</code> is returned already, or on its way back.
refund-begun = The payment <code>{ $charge }</code> goes back; its money left the account.
refund-done =
    { $stars ->
        [one] { $stars } Star is
       *[other] { $stars } Stars are
    } with you again. { $taken ->
        [yes] { $price_microusd } left the balance.
       *[no] Nothing had been credited.
    }
    Payment: <code>{ $charge }</code>
refund-stuck = Telegram does not return the payment <code>{ $charge }</code> ({ $why }). Its money is on the account again; /refund tries once more.
alert-payments =
    <b>Payments differ from Telegram's list</b>
    Credited now: { $credited }
    Refunds booked now: { $refunded }
    Sales that are not mine: { $strange }
    Payments that Telegram does not list: { $missing }

paysupport =
    For questions about a payment write to the operator{ GIVEN($operator) ->
        [yes] { " " }{ $operator }
       *[no] { "" }
    } and give the number of the payment. Telegram's own support can't help with it.
terms =
    <b>Terms of top-ups</b>
    A top-up buys money for videos here: { $stars } Stars are { $price_microusd }. It pays for nothing else and can't be paid out.
    A failed video costs nothing. Money that was not used is returned in Stars on request, /paysupport says where.
    A returned payment leaves the balance; what was spent of it must be filled up again.

command-topup = Top up with Telegram Stars
command-paysupport = Help with a payment
command-terms = Terms of top-ups

audit-topup = topped up
audit-refund = returned a payment

# A top-up that renews itself.
button-monthly = ⭐ { $stars } every 30 days · { $price_microusd }
button-subscribe = Subscribe · ⭐ { $stars }
subscription-title = Top-up every 30 days
subscription-words = ⭐ { $stars } every 30 days: { $price_microusd } for your balance each time, until you stop it with /topup here or in Telegram's settings. This offer is yours alone and good for an hour.
subscription-line =
    ⭐ { $stars } every 30 days ({ $price_microusd }): { $goes_on ->
        [yes] next payment { $at }.
        [may] may be charged again from { $at } on, if you turn it on in Telegram: Settings → My Stars.
        [over] ends, since a payment of it went back.
       *[no] stopped, nothing more is charged. Paid until { $at }; the money stays.
    }
button-subscription-stop = Stop the payments
button-subscription-go = Allow them again
subscription-asked = Asking Telegram…
subscription-off = No more payments.
subscription-allowed = From my side it may go on.
subscription-ended = The payments every 30 days are over.
subscription-refused = Telegram did not do that. You can do it yourself: Telegram → Settings → My Stars. The operator knows.
subscription-stuck = Telegram does not stop or allow the subscription of the payment <code>{ $charge }</code> ({ $why }). Its payer was told how to do it themselves.
# At most 200 characters: over the Pay button too.
checkout-gone = I am not in that group any more, so its pool can't be filled. Nothing was taken. Let me in again, or send /topup to me in private.
checkout-subscribed = You pay every 30 days already: /topup shows it.
terms-subscription = A subscription, chosen in /topup, pays { $stars } Stars every 30 days for { $price_microusd } each time, until its payer stops it: with /topup here, or in Telegram's settings. What was paid stays on the balance. A returned payment ends the subscription.
