# Лимиты в чате: слова, панель и кто их меняет; блокировки, паузы, подарки, журнал.

quota-says-requests = { $limit } видео { $period ->
        [minute] в минуту
        [hour] в час
       *[day] в день
    }
quota-says-money = { $amount_microusd } { $period ->
        [day] в день
        [week] в неделю
        [month] в месяц
       *[ever] всего
    }
quota-says-active = { $limit } одновременно
quota-says-job = не дороже { $amount_microusd } за видео
quota-says-model = только { $limit }
quota-says-resolution = до { $limit }
quota-says-seconds = до { $limit } с
quota-says-hours = с { $start } до { $end }
quota-short =
    { GIVEN($value) ->
        [yes] { $value } { $kind ->
            [requests] { $period ->
                [minute] в минуту
                [hour] в час
               *[day] в день
            }
            [money] { $period ->
                [day] в день
                [week] в неделю
                [month] в месяц
               *[ever] всего
            }
            [active] сразу
            [job] за видео
            [seconds] с
           *[other] { "" }
        }
       *[no] { $kind ->
            [requests] видео: –
            [money] деньги: –
            [active] сразу: –
            [job] цена: –
            [seconds] секунды: –
            [model] любая модель
            [resolution] любой размер
           *[hours] любой час
        }
    }
quota-name-requests = видео { $period ->
        [minute] в минуту
        [hour] в час
       *[day] в день
    }
quota-name-money = деньги { $period ->
        [day] в день
        [week] в неделю
        [month] в месяц
       *[ever] всего
    }
quota-name-active = одновременно
quota-name-job = цена одного видео
quota-name-model = модели
quota-name-resolution = разрешение
quota-name-seconds = секунды
quota-name-hours = часы суток
quota-name-every = всё
quota-off = { $what }: как по умолчанию
quota-unlimited = { $what }: { $scope ->
        [user] без лимита
        [service] без лимита
       *[member] без лимита группы
    }
quota-none = { $what }: нельзя
quota-name-rest = всё остальное
quota-everywhere = { $limit } везде

quota-whom-members = Каждый участник
quota-whom-member = { $name }
quota-whom-topic = Эта тема
quota-whom-chat = Группа
quota-whom-service = Весь сервис
quota-scope-member = Вы здесь
quota-scope-user = Вы
quota-scope-topic = Эта тема
quota-scope-chat = Группа
quota-scope-service = Все

quota-saved = Сохранено. { $whom }: { $limits }.
quota-nothing = { $whom }: менять было нечего.
quota-panel = <b>Лимиты в «{ $title }»</b>
quota-line = { $whom }: { $limits }
quota-unsaved = <b>{ $whom }</b>: { $limits }. Ещё не сохранено.
quota-no-own = своих лимитов нет
quota-defaults = По умолчанию: { $limits }
quota-used = Потрачено { $used_microusd } из { $limit_microusd } { $bar }
quota-reset =
    { $whom }: возвращено { $count } видео{ GIVEN($money) ->
        [yes] { "" } и { $money } доли
       *[no] { "" }
    }. Начатые видео по-прежнему считаются.
quota-reset-none = { $whom }: возвращать нечего. Начатые видео по-прежнему считаются.
quota-reset-whom = Кому вернуть? Например: /quota @имя сброс. Лимиты убирает /quota выкл.
quota-people = Чьи лимиты? Для остальных: /quota @имя 5/день или /quota в ответ на сообщение.
quota-models = <b>{ $whom }</b>: { $limits }. Отметьте модели, которые можно использовать; без отметок можно все.
quota-own-head = <b>Ваши лимиты здесь</b>
quota-own-line =
    { $whom }: { $limit }{ GIVEN($left) ->
        [yes] , осталось { $left }
       *[no] { "" }
    }{ GIVEN($resets) ->
        [yes] , обновится { $resets }
       *[no] { "" }
    }

quota-twice = «{ $word }» указано дважды.
quota-unknown-word = Не понимаю «{ $word }». Например: /quota 5/день $2/неделя сразу=2
quota-unknown-period = «{ $word }» — не период. Есть минута, час, день, неделя, месяц и всего.
quota-no-amount = В «{ $word }» не хватает числа, например 5/день, $2/неделя или ролик=$1.
grant-id-taken = Под этим именем уже была другая выдача. Ничего не выдано: возьмите для этой своё.
amount-ambiguous = «{ $word }» — это { $less } или { $more }? Ничего не изменено: напишите то, что имели в виду.
quota-too-much = «{ $word }» — слишком много.
quota-period-money = Деньги считаются за день, неделю, месяц или всего, а не за { $period } ({ $word }).
quota-period-requests = Видео считаются в минуту, час или день, а не за { $period } ({ $word }).
quota-unknown-limit = Лимита «{ $word }» нет. Есть сразу, ролик, модель, разрешение, сек и часы.
quota-bad-model = «{ $word }» — не модель. Например: модель=seedance-2.0
quota-bad-resolution = «{ $word }» — не разрешение. Например: разрешение=720p
quota-bad-hours = «{ $word }» — не часы. Например: часы=9-23
quota-no-such-model = Модели «{ $model }» здесь нет. Список: /models.
quota-no-topic = Это не отдельная тема. Напишите внутри той темы, которую имеете в виду.
quota-everywhere-whom = Чей лимит? Например: /quota @имя везде 3/день
quota-above-ceiling = Оператор разрешает здесь не больше: { $limit }.
quota-operators-only = Этот лимит поставил оператор, изменить его может только оператор.

button-members = Участники
button-one-person = Один человек
button-topic = Эта тема
button-chat = Группа
button-stats = 📊 Статистика
button-save = ✔ Сохранить
button-undo = Вернуть
button-back = ‹ Назад
button-limits = Лимиты

group-only = Это работает в группах.
moderators-only = Это могут только администраторы чата.
held-service = Новые видео сейчас приостановлены везде. Начатые закончатся; пришлите ещё раз позже.
held-denied = В этом чате бот не работает. Напишите ему в личный чат.
held-chat = Администраторы поставили этот чат на паузу. Начатые видео закончатся; снимают паузу они же, командой /resume.
held-here = Администратор чата приостановил здесь ваши запросы. Вернуть их можно командой /unblock.
held-everywhere = Оператор приостановил ваши запросы. Напишите ему, чтобы их вернули.
held-left = Вас больше нет в этой группе. Попросите здесь — видео сделается за ваш счёт.
held-content = За сутки из-за содержания { $count ->
        [one] отклонён { $count } ваш запрос
        [few] отклонены { $count } ваших запроса
       *[many] отклонено { $count } ваших запросов
    }, поэтому до { $resets } новых видео не будет. Деньги не списаны.

block-usage = /block @имя, /block с номером или /block в ответ на сообщение.
block-done-here = { $name } больше не может снимать видео в этом чате. Вернуть: /unblock.
block-done-everywhere = { $name } больше нигде не может снимать видео. Вернуть: /unblock.
unblock-done-here = { $name } снова может снимать видео в этом чате.
unblock-done-everywhere = { $name } снова может снимать видео.
content-lifted = Пауза за отклонённое содержание снята: { $name }.
content-not-lifted = { $name }: пауза до { $resets } за отклонённое содержание. Раньше её снимет только оператор.
block-operator = { $name } — оператор, его не заблокировать.
block-admin = { $name } — администратор чата, заблокировать его может только оператор.
moderators-set =
    { $here ->
        [0] Просьбы сверх лимита снова показываются там, где их написали.
       *[other] Теперь просьбы сверх лимита приходят сюда, отвечают на них администраторы. Отменить: /moderators off.
    }
moderators-where =
    { $chosen ->
        [0] Просьбы сверх лимита показываются там, где их написали.
       *[other] Просьбы сверх лимита приходят в выбранное место. Отменить: /moderators off.
    } Чтобы приходили в эту тему: /moderators здесь.
moderators-direct = В личных сообщениях канала просьба сверх лимита показывается в теме того, кто её написал, и администраторы отвечают там: другую тему читает кто-то другой.
pause-done = Пауза: новых видео в этом чате не будет до /resume. Начатые закончатся.
resume-done = Чат снова принимает видео.
halt-done = Остановлено: новых видео не будет нигде до /halt off. Начатые закончатся.
halt-ended = Видео снова принимаются везде.

gift-usage = /grant @имя $5 или /grant $5 в ответ: деньги уйдут человеку с общего счёта группы. Новые деньги даёт оператор.
gift-short = На общем счёте группы { $left_microusd }, это меньше, чем { $amount_microusd }.
gift-done = { $name }: { $amount_microusd } с общего счёта группы, там осталось { $left_microusd }.

audit-head = <b>Последние изменения</b>
audit-none = Здесь ещё ничего не меняли.
audit-nobody = сервис
audit-line =
    { $at } · { $who }: { $what }{ GIVEN($whom) ->
        [yes] { "" } { $whom }
       *[no] { "" }
    }{ GIVEN($details) ->
        [yes] { "" } { $details }
       *[no] { "" }
    }
audit-limit-line = { $at } · { $who }: { $what } · { $whom }: { $limit }
audit-in = { $line } · в «{ $title }»
audit-quota = лимит
audit-quota-lifted = сняты лимиты группы:
audit-quota-default = возвращены обычные лимиты:
audit-quota-reset = возвращено использованное:
audit-ceiling = потолок
audit-clock = часовой пояс
audit-setting = настройка
audit-setting-lock = настройка
audit-where-here = видео снимаются только в теме
audit-where-too = видео снимаются и в теме
audit-where-not = видео больше не снимаются в теме
audit-where-everywhere = видео снимаются в любой теме
audit-topic-lost = пропала тема для видео
audit-block = блокировка
audit-unblock = снята блокировка
audit-content-pause = пауза за отклонённое содержание:
audit-content-lift = снята пауза за отклонённое содержание:
audit-pause = чат на паузе
audit-resume = пауза снята
audit-halt = общая остановка
audit-halt-end = остановка снята
audit-deny-user = закрыт доступ
audit-deny-chat = закрыт доступ чату
audit-moderators-here = выбрано место для модераторов
audit-moderators-off = место для модераторов отменено
audit-gift = подарок с общего счёта
audit-grant-user = зачисление
audit-grant-chat = пополнение общего счёта
audit-allow-user = допуск
audit-allow-chat = допуск чата
audit-allow-once = разрешено один раз
audit-report = сообщение о видео
audit-approval-refused = отказ в просьбе сверх лимита
audit-migrated = группа стала супергруппой

command-quota = Лимиты здесь: посмотреть и изменить
command-stats = Кто сколько снял и потратил

help-moderator =
    <b>Администраторам чата</b>
    /quota — лимиты, кнопками или словами: /quota 5/день $2/неделя, /quota @имя 20/день
    /quota @имя безлимит снимает лимиты с участника, /quota @имя сброс возвращает ему использованное
    /block и /unblock @имя или в ответ · /pause и /resume для чата
    /settings тема: настройки этой темы; /settings только здесь: видео только в этой теме, везде снимает это
    /moderators здесь — просьбы сверх лимита приходят в эту тему · /words — слова, с которыми запросы не принимаются
    /grant @имя $5 с общего счёта группы · /stats · /audit

command-block = Не давать человеку снимать видео здесь
command-unblock = Снова разрешить
command-pause = Пока без видео в этом чате
command-resume = Снова видео в этом чате
command-grant = Дать денег из общего счёта чата
command-audit = Что здесь меняли и кто
command-moderators = Где показывать просьбы сверх лимита
command-allow = Впустить человека или чат
command-deny = Не впускать человека или чат
command-refund = Вернуть звёзды
command-ledger = Все денежные записи таблицей
command-halt = Остановить всё или продолжить

ceiling-usage = В группе: <code>/ceiling $40/month</code> ограничивает то, что администраторы дают участнику, <code>/ceiling chat $100/month</code> — группе; <code>off</code> снимает: <code>/ceiling $off/month</code>.
ceiling-saved = Сохранено. Больше администраторы здесь не поставят · { $whom }: { $limits }.
clock-usage = В группе: <code>/clock Europe/Berlin 4</code> — дни начинаются в 04:00 по этому поясу, без часа — в полночь. <code>/clock @имя Europe/Berlin 4</code> — то же для того, что человек оплачивает сам; <code>выкл</code> — как у всего сервиса.
clock-told =
    { $saved ->
        [1] Сохранено. Дни,
       *[0] Дни,
    } недели и месяцы { GIVEN($name) ->
        [yes] для { $name } начинаются
       *[no] начинаются здесь
    } в { $hour } ({ $zone }).
