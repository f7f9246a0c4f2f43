# Цены, счета, лимиты и то, что делают операторы.

models-head = <b>Модели и цены</b>
models-line =
    <b>{ $model }</b> <code>{ $id }</code> · { $durations } · { $resolutions } · { $price } за 5 с в 720p{ $faces ->
        [refused] { "" } · без лиц настоящих людей
       *[other] { "" }
    }
models-none = Ни одна модель ещё не подключена. Оператору нужен один ключ, например ARK_API_KEY.

balance-means = Здесь можно потратить: <b>{ $means }</b>
balance-allowance =
    { $payer ->
        [chat] Группе выделено
       *[user] Вам выделено
    }: { GIVEN($left) ->
        [yes] { $limit }, осталось { $left }
       *[no] { $limit }
    }{ GIVEN($resets) ->
        [yes] , обновится { $resets }
       *[no] { "" }
    }
balance-user = Собственный счёт: { $balance }
balance-today =
    Сегодня: { GIVEN($most) ->
        [yes] { $requests } из { $most } видео
       *[no] { $requests } видео
    }
balance-chat = Общий счёт «{ $title }»: { $balance }

limit-forbidden =
    Съёмка видео выключена { $scope ->
        [member] для вас в этой группе
        [chat] в этой группе
        [topic] в этой теме
        [user] для вас
       *[service] на время
    }. { $liftable ->
        [admin] Включить её могут администраторы группы.
       *[operator] Включить её может оператор.
    }
limit-money =
    Это стоит { $price_microusd }, а { $scope ->
        [user] у вас осталось { $left_microusd }
        [member] у вас в этой группе осталось { $left_microusd }
        [chat] у группы осталось { $left_microusd }
        [topic] в этой теме осталось { $left_microusd }
       *[service] у всего сервиса осталось { $left_microusd }
    }.{ GIVEN($resets) ->
        [yes] { "" } Обновится { $resets }.
       *[no] { "" }
    }
limit-requests =
    { $limit ->
        [0] Здесь съёмка видео выключена.
       *[other] Лимит { $limit } видео { $period ->
            [minute] в минуту
            [hour] в час
            [day] в день
            [week] в неделю
            [month] в месяц
           *[other] всего
        } исчерпан.
    }{ GIVEN($resets) ->
        [yes] { "" } Новые — { $resets }.
       *[no] { "" }
    }
limit-active =
    { $limit ->
        [0] Здесь съёмка видео выключена.
       *[other] Одновременно можно снимать не больше { $limit } видео. Пришлите следующее, когда одно закончится.
    }
limit-job = Это стоит { $price_microusd }, а за одно видео здесь можно не больше { $limit_microusd }.
limit-model = Здесь можно снимать только на { $limit }.
limit-resolution = Самое высокое разрешение здесь — { $limit }.
limit-seconds = Самое длинное видео здесь — { $limit } с.
limit-hours = Видео здесь снимают с { $from_hour } до { $until_hour }. Можно будет { $resets }.
limit-balance-owed = После возврата платежа нужно сначала покрыть { $owed_microusd }. Пополните счёт или обратитесь к оператору.
nearly-used =
    Использовано { $percent } % { $scope ->
        [user] вашего лимита
        [member] вашего лимита в «{ $title }»
        [chat] лимита группы
        [topic] лимита темы
       *[service] лимита всего сервиса
    }: { $limit }. Осталось { $left }{ GIVEN($until) ->
        [yes] . Обновится { $until }
       *[no] { "" }
    }.
button-fits = { $change } — хватит, { $price }

allow-done-user = { $name } теперь может снимать видео.
allow-done-chat = Участники «{ $title }» теперь могут снимать видео.
allow-usage = /allow в группе открывает бота её участникам; /allow @имя или /allow в ответ на сообщение — одному человеку.
deny-done-user = { $name }: доступ закрыт везде. Вернуть: /allow.
deny-done-chat = «{ $title }»: доступ закрыт, видео здесь не снимаются. Вернуть: /allow.
deny-usage = /deny в группе закрывает бота для неё; /deny @имя или /deny в ответ на сообщение — для одного человека.
grant-done = { $name }: зачислено { $amount }, на счёте { $balance }.
grant-usage = /grant @имя $5 или /grant $5 в ответ на сообщение; в группе /grant $100 пополняет общий счёт.
unknown-person = Пока не знаю, кто такой { $name }. Ответьте на его сообщение или укажите номер.
operators-only = Это может только оператор.
