# Просьба до начала: карточка, вложения, что исправить, отложенное.

card = 🎬 { $model } · { $ratio } · { $seconds } · { $resolution } · { $sound ->
        [off] 🔇
       *[on] 🔊
    } · { $price } · останется { $left }
card-covered = Придёт закрытым, до касания.
card-uncovered = Придёт открытым; если чат закрывает свои видео, останется закрытым.
card-reference = <code>@{ $label }</code> { $role }
card-added = Добавлено перед вашими словами: <code>{ $labels }</code>
card-no-faces = Фото с лицами настоящих людей эта модель не принимает.
card-may-not-fit = Может быть больше { $max_bytes }, а больше Telegram не берёт: тогда пришлю уменьшенное.
card-no-sheet = Картинку с ними собрать не удалось; верен этот список.
card-one-of-album = Из альбома мне видно только это вложение: в группе Telegram показывает мне лишь то, что адресовано мне. Ответьте на каждое из остальных командой /add или сделайте меня администратором.
card-unused = Не используется: <code>{ $labels }</code>
card-count = { $count } видео

role-first = первый кадр
role-last = последний кадр
role-reference = образец
role-audio = звук

button-start = ▶ Снять за { $price }
button-discard = ✕
button-sound-on = 🔊
button-sound-off = 🔇
choice-open = { $value } ▾
choice-count = × { $count }
# Первый кадр и последний, одной строкой на телефоне.
choice-frames = От { $first } к { $last }
choice-roles = Роли
button-use-tray = + @{ $label }
button-first = @{ $label }: первый кадр
button-reference = @{ $label }: образец
discarded = Убрано. Деньги не списаны.

faults-head =
    { $count ->
        [1] Нужно уточнить одно:
        [one] Нужно уточнить { $count } вещь:
        [few] Нужно уточнить { $count } вещи:
       *[many] Нужно уточнить { $count } вещей:
    }
faults = { faults-head }
fault-line = • { $text }

mend-duration = { $seconds } с
shape-kept = та же форма
mend-ratio = { $ratio }
mend-resolution = { $resolution }
mend-model = { $model }
mend-count = { $count } видео
mend-preset = для { $preset }
mend-seed = зерно { $seed }
mend-audio =
    { $on ->
        [0] без звука
       *[other] со звуком
    }
mend-replace = { $text }
card-list = 🎬 { $count } видео · { $price } · останется { $left }
card-list-line = { $number }. <i>{ $prompt }</i>
card-list-more = … и ещё { $count }
mend-skip-lines =
    { $count ->
        [1] Пропустить эту строку
        [one] Пропустить { $count } строку
        [few] Пропустить { $count } строки
       *[many] Пропустить { $count } строк
    }
mend-use = взять { $text }
mend-leave-out = без { $labels }
mend-all-references = Все как образцы
mend-role =
    { $role ->
        [first] { $label }: первый кадр
        [last] { $label }: последний кадр
       *[reference] { $label }: образец
    }

tray-shown = Отложено: { $items }
tray-empty = Ничего не отложено. Пришлите фото, видео или голосовое без слов — оно подождёт здесь.
tray-cleared = Больше ничего не отложено.
button-clear-tray = Убрать отложенное
added-to-tray = Отложено как <code>@{ $label }</code>.
album-item-late = Этот файл опоздал к просьбе со своим альбомом. Он отложен для следующей.

again-price = Ещё раз #{ $code }:
