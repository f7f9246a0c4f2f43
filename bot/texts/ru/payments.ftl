# Пополнение звёздами Telegram.

topup-offer =
    { $place ->
        [group] Сколько звёзд на общий счёт «{ $title }»? С него здесь снимают все.
       *[self] Сколько звёзд на ваш счёт? Он расходуется, когда исчерпан лимит месяца.
    }
button-stars = ⭐ { $stars } · { $price_microusd }
topup-usage = /topup 500 — целое число звёзд от 1 до 10000. Без числа предложу несколько сумм.
topup-off = Сейчас здесь ничего не продаётся.

# Заголовок — до 32 знаков, описание — до 255.
invoice-title =
    { $place ->
        [group] Пополнение общего счёта
       *[self] Пополнение вашего счёта
    }
invoice-words =
    { $place ->
        [group] { $price_microusd } на видео в этой группе. Оплатить может только { $name }, в течение часа.
       *[self] { $price_microusd } на видео. Счёт действует час.
    }

# До 200 знаков: Telegram показывает их над кнопкой оплаты.
checkout-unknown = Этот счёт здесь больше не известен. Пришлите /topup, будет новый.
checkout-other-payer = Этот счёт выставлен другому человеку. Пришлите /topup, будет ваш.
checkout-blocked = Вам здесь снимать нельзя, поэтому и платить не за что. Обратитесь к оператору.
checkout-paid = Этот счёт уже оплачен. Пришлите /topup, будет ещё один.
checkout-old = Этот счёт устарел. Пришлите /topup, будет новый.

topup-done =
    Зачислено { $price_microusd }. { $place ->
        [group] На общем счёте «{ $title }» теперь { $balance_microusd }.
       *[self] На вашем счёте теперь { $balance_microusd }.
    }
    Платёж: <code>{ $charge }</code>
topup-returned =
    Зачислить { $stars ->
        [one] { $stars } звезду
        [few] { $stars } звезды
       *[many] { $stars } звёзд
    } не вышло, они возвращаются вам.

refund-usage = /refund и номер платежа, каким его показывает /topup.
refund-unknown = Платежа <code>{ $charge }</code> не знаю. Пропущенный платёж найдёт ночная сверка.
refund-twice = Платёж <code>{ $charge }</code> уже возвращён или возвращается.
refund-begun = Платёж <code>{ $charge }</code> возвращается, деньги со счёта сняты.
refund-done =
    Вам { $stars ->
        [one] вернулась { $stars } звезда
        [few] вернулись { $stars } звезды
       *[many] вернулось { $stars } звёзд
    }. { $taken ->
        [yes] Со счёта снято { $price_microusd }.
       *[no] Зачислено ничего не было.
    }
    Платёж: <code>{ $charge }</code>
refund-stuck = Telegram не возвращает платёж <code>{ $charge }</code> ({ $why }). Деньги снова на счёте; /refund попробует ещё раз.
alert-payments =
    <b>Платежи расходятся со списком Telegram</b>
    Зачислено сейчас: { $credited }
    Возвратов проведено сейчас: { $refunded }
    Чужих продаж: { $strange }
    Платежей, которых нет у Telegram: { $missing }

paysupport =
    С вопросами о платеже пишите оператору{ GIVEN($operator) ->
        [yes] { " " }{ $operator }
       *[no] { "" }
    } и укажите номер платежа. Поддержка самого Telegram здесь не поможет.
terms =
    <b>Условия пополнения</b>
    Пополнение — это деньги на видео здесь: { $stars } звёзд — это { $price_microusd }. Ни за что другое ими не заплатить, и их не вывести.
    Неудавшееся видео ничего не стоит. Неистраченное по просьбе возвращается звёздами, куда писать — скажет /paysupport.
    Возвращённый платёж снимается со счёта; то, что из него уже истрачено, нужно пополнить.

command-topup = Пополнить звёздами Telegram
command-paysupport = Помощь с платежом
command-terms = Условия пополнения

audit-topup = пополнение
audit-refund = возврат платежа
