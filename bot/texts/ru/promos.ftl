# Коды, по которым дают деньги, и деньги на пробу.

promo-usage = Напишите <code>/promo new SUMMER $2 раз=100 до=2026-12-31</code>; без «раз» код сработает один раз, без «до» — бессрочно. В коде от 3 до 32 знаков: A-Z, 0-9, _ и -. <code>/promo</code> покажет коды, <code>/promo выкл SUMMER</code> закроет код.
promo-private = Коды создают и смотрят в личном чате с ботом.
promo-past = Этот день уже прошёл. Выберите другой.
promo-exists = Код <code>{ $code }</code> уже есть или был. Выберите другой.
promo-none-such = Открытого кода <code>{ $code }</code> нет. Список: /promo.
promo-made =
    <code>{ $code }</code> даёт { $amount_microusd } { $count ->
        [one] каждому, всего { $count } человеку
       *[other] каждому, всего { $count } людям
    }, не больше { $total_microusd } вместе{ GIVEN($until) ->
        [yes] , до { $until }
       *[no] { "" }
    }. Кто его введёт, получит и доступ: <code>/redeem { $code }</code> или ссылка на бота с <code>?start=promo_{ $code }</code> в конце.
promo-ended = Код <code>{ $code }</code> закрыт. Что выдано, то выдано.
promo-none = Кодов пока нет. Создать: <code>/promo new SUMMER $2 раз=100 до=2026-12-31</code>.
promo-head = <b>Коды</b>
promo-line =
    <code>{ $code }</code> · { $amount_microusd } · использован { $uses } из { $most_uses }{ GIVEN($until) ->
        [yes] { "" } · до { $until }
       *[no] { "" }
    }{ $state ->
        [off] { "" } · закрыт
        [over] { "" } · закончился
       *[open] { "" }
    }

redeem-usage = Напишите <code>/redeem</code> и после него код.
redeem-done = { $amount_microusd } зачислено; на счёте { $balance_microusd }. Напишите, что хотите увидеть.
redeem-already = Код <code>{ $code }</code> вы уже использовали.
redeem-unknown = Этот код не действует. Проверьте, как он написан.
redeem-later = Слишком много неверных кодов. Попробуйте через час.
welcome = На счёте { $amount_microusd } на пробу.

audit-promo-new = создан код на
audit-promo-off = закрыт код
audit-promo-redeem = использован код на
audit-welcome = выдано на пробу:
command-promo = Коды с деньгами: создать, показать, закрыть
