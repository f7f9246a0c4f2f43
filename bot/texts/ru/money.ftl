# Цены, счета, лимиты и то, что делают операторы.

models-head = <b>Модели и цены</b>
models-line = <b>{ $model }</b> <code>{ $id }</code> · { $durations } · { $resolutions } · { $price } за 5 с в 720p
models-none = Ни одна модель ещё не подключена. Оператору нужен один ключ, например ARK_API_KEY.

balance =
    В этом месяце: осталось <b>{ $left }</b> из { $limit } (потрачено { $used }, обновится { $resets })
    Собственный счёт: { $balance }
    Сегодня: { $requests } из { $requests_limit } видео
balance-group = Общий счёт «{ $title }»: { $balance }

limit-service-day = На сегодня у сервиса осталось { $left }, а это видео стоит { $price }. Новые деньги — { $resets }.
limit-user-month = Это стоит { $price }, а у вас осталось { $left }. Обновится { $resets }.
limit-user-requests = Лимит { $limit } видео в день исчерпан. Новые — { $resets }.
limit-user-active = Одновременно можно снимать не больше { $limit } видео. Пришлите следующее, когда одно закончится.
limit-pool = Это стоит { $price }, а на общем счёте группы { $left }. Пополнить его может оператор.
limit-forbidden = Здесь съёмка видео выключена. Включить её может оператор.
limit-money =
    { $period ->
        [job] Это стоит { $price_microusd }, а за одно видео здесь можно не больше { $limit_microusd }.
       *[other] Это стоит { $price_microusd }, а { $scope ->
            [user] у вас осталось { $left_microusd }
            [member] у вас в этой группе осталось { $left_microusd }
            [chat] у группы осталось { $left_microusd }
            [topic] в этой теме осталось { $left_microusd }
           *[service] у всего сервиса осталось { $left_microusd }
        }.{ GIVEN($resets) ->
            [yes] { "" } Обновится { $resets }.
           *[no] { "" }
        }
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
limit-balance-owed = После возврата платежа нужно сначала покрыть { $owed_microusd }. Пополните счёт или обратитесь к оператору.
button-fits = { $change } — хватит, { $price }

allow-done-user = { $name } теперь может снимать видео.
allow-done-chat = Участники «{ $title }» теперь могут снимать видео.
allow-usage = /allow в группе открывает бота её участникам; /allow @имя или /allow в ответ на сообщение — одному человеку.
grant-done = { $name }: зачислено { $amount }, на счёте { $balance }.
grant-usage = /grant @имя $5 или /grant $5 в ответ на сообщение; в группе /grant $100 пополняет общий счёт.
unknown-person = Пока не знаю, кто такой { $name }. Ответьте на его сообщение или укажите номер.
operators-only = Это может только оператор.
