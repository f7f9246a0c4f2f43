# Просьба сверх лимита, которую решают модераторы чата: их карточка, их ответы и что слышит просивший.

button-ask-moderator = Попросить модератора
button-allow-once = Разрешить один раз
button-raise = Поднять до { $limit }
button-raise-models = Разрешить { $models }
button-refuse = Отказать

approval-card =
    <b>{ $name }</b> просит у модераторов { $count ->
        [1] видео
       *[other] { $count } видео
    }: { $price }
approval-facts = { $model } · { $ratio } · { $seconds } · { $resolution }
approval-limits =
    { $count ->
        [1] Мешает лимит:
       *[other] Мешают лимиты:
    }
approval-limit =
    • { $whom }: { $limit }{ GIVEN($over) ->
        [yes] , это больше на { $over }
       *[no] { "" }
    }
approval-prompt = «<i>{ $prompt }</i>»
approval-until = Срок ответа: { $until }.

approval-allowed = ✔ Разрешено один раз, до { $until }.
approval-raised = ✔ Лимит поднят. { $whom }: { $limits }.
approval-refused = ✕ Отказано.
approval-lapsed = Никто не ответил вовремя.
approval-withdrawn = Решать больше нечего: просьбу изменили или отозвали.

approval-asked = Модераторы получили просьбу. Без ответа она закроется { $until }.
approval-told-allowed = Модератор разрешил это один раз.
approval-told-waits = Модератор разрешил это один раз. Начните до { $until }: более строгий лимит или блокировка отменят разрешение раньше.
approval-over-now = Разрешение модератора больше не действует: прошли сутки или лимит с тех пор стал строже.
approval-told-raised = Модератор поднял ваш лимит здесь: { $limits }.
approval-told-refused = Модераторы ответили «нет». Деньги не списаны.
approval-told-lapsed = Модераторы не ответили вовремя. Деньги не списаны.

approval-sent = Модераторы получили просьбу.
approval-already = Модераторов об этом уже попросили.
approval-enough = Вы уже несколько раз обращались к модераторам. Дождитесь ответа.
approval-decided = На это уже ответили.
approval-changed = Просьбу тем временем изменили. Отвечать больше не нужно.
approval-held = Этому человеку сейчас нельзя снимать здесь видео.
approval-not-covered = Этого не покрывает счёт просившего или лимит оператора. Изменить это может только оператор.
approval-above-ceiling = Это больше, чем оператор разрешает чату. Разрешите один раз или откажите.
