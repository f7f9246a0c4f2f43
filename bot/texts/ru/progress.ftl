# Видео от начала до чата и что с ним можно сделать потом.

status-resting = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $price } · останется { $left } · сейчас начну
status-queued = ⏳ В очереди · место { $position } · { $model }
status-preparing = ⏳ Готовлю ваши файлы
status-rendering = ⏳ Снимаю · осталось около { $left } { $bar }
status-rendering-percent = ⏳ Снимаю · { $percent } % { $bar }
status-rendering-long = ⏳ Дольше обычного (уже { $waited }). Съёмка идёт; можно подождать или отменить.
status-waiting-provider = ⏳ { $model } сейчас не отвечает. Ваша просьба ждёт, ничего не потеряно.
status-uncertain = ⏳ Проверяю, приняла ли модель просьбу. Деньги пока отложены, но не списаны.
status-sending = 📤 Отправляю
status-fitting = 📦 Готовлю для чата · { $percent } % { $bar }
preview =
    { $code ->
        [none] <i>{ $words }</i>
       *[other] <b>#{ $code }</b> <i>{ $words }</i>
    }
    { $status }
status-draining = ⏳ Сервис обновляется. Ваша просьба сохранена и продолжится через несколько минут.

caption =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }{ $model } · { $seconds } · { $cost } · #{ $code }
caption-late =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }{ $model } · { $seconds } · опоздало, поэтому бесплатно · #{ $code }

button-cancel = ✕ Отменить
button-let-come = Пусть снимается
button-again = ↻ Ещё раз
button-reword = ↻ Ещё раз с новым текстом
button-seed = 🎲 Другой вариант
button-details = Подробности
button-original = Исходный файл
button-send-again = Прислать ещё раз
button-receipt = 🧾 #{ $code }
button-redeliver = Прислать #{ $code }

cancel-done = Отменено. Деньги не списаны.
cancel-asked = ⏳ Прошу модель остановиться.
cancel-too-late = Видео уже снимается, и остановить его нельзя: оно придёт и будет стоить { $price }.
cancel-finished = Видео уже готово и скоро будет здесь.
cancel-drafts = Убрано, деньги не списаны:
cancel-draft =
    { $told ->
        [0] • то, что ещё не пришло целиком
       *[other] • <i>{ $words }</i>
    }
cancel-drafts-more = и ещё { $count }
edit-too-late =
    { $stage ->
        [made] Видео уже снято по прежнему тексту.
       *[running] Видео уже снимается по прежнему тексту. Если остановить его уже нельзя, оно придёт и будет стоить { $price }.
    }

failed = { $reason } Деньги не списаны.
deadline = { $model }: за { $waited_s } видео не получилось. Деньги не списаны. Попросите ещё раз или выберите другую модель.
uncertain-released = Не удалось выяснить, приняла ли модель просьбу. Деньги не списаны; можно попросить ещё раз.
output-unreadable = Модель прислала файл, который не открывается. Деньги не списаны. Попробуйте ещё раз.

sent-maybe = #{ $code } отправлено, но Telegram этого не подтвердил. Если видео не видно, нажмите кнопку.
sent-failed = Видео #{ $code } готово, но Telegram не принял файл. Оно сохранено; нажмите кнопку, чтобы попробовать ещё раз.
parked =
    { $count ->
        [1] Вас ждало готовое видео. Вот оно.
        [one] Вас ждало { $count } готовое видео. Вот они.
        [few] Вас ждали { $count } готовых видео. Вот они.
       *[many] Вас ждало { $count } готовых видео. Вот они.
    }
away =
    Меня не было { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }. { $count ->
        [1] Ваше видео тем временем снималось: { $jobs }.
       *[other] Ваши { $count } видео тем временем снимались: { $jobs }.
    }

jobs-none = Видео пока нет. Пришлите фото с фразой — снимем первое.
jobs-head =
    { $count ->
        [1] <b>Ваше последнее видео</b>
       *[other] <b>Ваши последние видео</b>
    }
jobs-line =
    #{ $code } · { $state }{ GIVEN($prompt) ->
        [yes] { "" } · <i>{ $prompt }</i>
       *[no] { "" }
    } · { $cost }{ GIVEN($reason) ->
        [yes] { "\u000A" }{ $reason }
       *[no] { "" }
    }

state-queued = в очереди
state-submitting = передаётся
state-running = снимается
state-collecting = забираю
state-delivering = отправляется
state-delivered = доставлено
state-uncertain = проверяется
state-failed = не получилось
state-cancelled = отменено

receipt =
    <b>#{ $code }</b>
    { $model }{ GIVEN($version) ->
        [yes] { "" } · { $version }
       *[no] { "" }
    }
    { $seconds } · { $resolution } · { $ratio }{ GIVEN($seed) ->
        [yes] { "" } · зерно { $seed }
       *[no] { "" }
    }{ GIVEN($references) ->
        [yes] { "\u000A" }Из чего: { $references }
       *[no] { "" }
    }{ GIVEN($reason) ->
        [yes] { "\u000A" }{ $reason }
       *[no] { "" }
    }{ "\u000A" }Заказано: { $asked }{ "\u000A" }Стоимость: { $cost }{ GIVEN($parent) ->
        [yes] { "\u000A" }После: { $parent }
       *[no] { "" }
    }{ GIVEN($task) ->
        [yes] { "\u000A" }Номер у модели: <code>{ $task }</code>
       *[no] { "" }
    }
receipt-none = Этого видео здесь больше нет.

too-large-link = { $size_bytes } — больше, чем { $max_bytes }, которые Telegram берёт от бота. Ссылка действует до: { $until }; новую даст <code>/jobs</code>.
too-large-kept = { $size_bytes } — больше, чем { $max_bytes }, которые Telegram берёт от бота, а публичного адреса у бота нет. Видео сохранено: его может передать оператор.
button-download = ⬇ Скачать { $size_bytes }
status-taken-over = ⏳ { $before } сейчас не отвечает; снимет { $model }. Дороже показанной цены не станет.
button-elsewhere = { $model } { $price }
elsewhere-under-way = Просьба уже в работе.
elsewhere-waits = #{ $code } ждёт дальше; ✕ на её карточке отменит её.
