# Что можно сделать с готовым видео и вопросы, которые из этого следуют.

button-edit = ✏️ Изменить
button-vary = ↻ Ещё раз
button-higher = ⬆ { $resolution } { $price }
button-more = ⋯
button-less = ‹ Свернуть
button-shape = ▭ Другой формат
button-extend = ⏩ Продолжить
button-use-video = Отложить видео
button-use-frame = Отложить последний кадр
button-delete = 🗑 Удалить
button-delete-yes = Удалить совсем
button-keep = ‹ Оставить

ask-edit =
    #{ $code } с другим текстом: ответьте на это сообщение. Картинки и настройки останутся. Текст сейчас:

    <code>{ $words }</code>
ask-extend =
    #{ $code } продолжится с последнего кадра. Ответьте на это сообщение, что будет дальше. Текст сейчас:

    <code>{ $words }</code>
field-edit = Новый текст
field-extend = Что будет дальше

laid-in-tray = Отложено как <code>@{ $label }</code>. Войдёт в следующую просьбу.
deleted = Удалено. Запись о стоимости остаётся в счёте.
deleted-by-hand = Файлы #{ $code } удалены. Telegram позволяет боту убирать сообщения только за последние двое суток; это удалите сами.

note-locked =
    { $option ->
        [model] В этом чате решили снимать только на { $value }.
        [ratio] В этом чате решили снимать только { $value }.
        [duration_s] В этом чате решили снимать только по { $value } с.
       *[other] В этом чате решили снимать только { $value }.
    }
settings-no-hours = Это не часы. Напишите, например, 22-7.
