# Картинки, видео, звуки и слова под именами и список видео.

library-how = Отправьте <code>/save герой</code> в ответ на фото, видео или звук либо подписью к нему. Потом <code>@герой</code> в тексте будет значить именно это.
    Имя можно дать и словам: после <code>/save нуар чёрно-белое кино, резкий свет</code> в просьбе хватит <code>@нуар</code>.
library-words-saved = Сохранено. Теперь <code>@{ $name }</code> значит: <i>{ $words }</i>. Всё сохранённое — /library.
library-words-too-long = Знаков: { $count }, а под именем можно хранить не больше { $max }. Сократите.
library-words-line = <code>@{ $name }</code> <i>{ $words }</i>
library-saved =
    { $kind ->
        [image] Сохранено. Теперь <code>@{ $name }</code> — это фото.
        [video] Сохранено. Теперь <code>@{ $name }</code> — это видео.
       *[audio] Сохранено. Теперь <code>@{ $name }</code> — этот звук.
    } Всё сохранённое — /library.
library-empty = Пока ничего не сохранено. Отправьте <code>/save герой</code> в ответ на фото; потом <code>@герой</code> в тексте будет значить именно его.
library-head =
    <b>Ваша библиотека</b>, { $count ->
        [one] { $count } запись
        [few] { $count } записи
       *[many] { $count } записей
    }. Кнопка с именем покажет, что за ним стоит и что с этим можно сделать.
library-line =
    <code>@{ $name }</code> { $kind ->
        [image] фото
        [video] видео
       *[audio] звук
    }
library-bad-name = Имя — одно слово из латинских или русских букв, цифр и _, не длиннее { $max } знаков, например <code>герой</code>.
library-name-is-label = <code>@{ $name }</code> уже значит вложение. Выберите другое слово.
library-name-taken = Под этим именем у вас уже есть запись. Ничего не изменилось.
library-full = Сохранено { $max }, больше нельзя. Сначала удалите что-нибудь в /library.
library-gone = Этого в вашей библиотеке больше нет.
library-renamed = Теперь это <code>@{ $name }</code>.
library-removed = Удалено из библиотеки.
button-library-rename = Переименовать
button-library-delete = Удалить
ask-rename = Ответьте новым именем для <code>@{ $name }</code>.
field-rename = Новое имя
card-named = Из библиотеки: { $names }
note-name-near = <code>@{ $name }</code> осталось словом. В библиотеке есть <code>@{ $near }</code>.

jobs-none-such = Таких нет.
jobs-none-running = Сейчас ничего не снимается.
caption-short =
    { GIVEN($prompt) ->
        [yes] <i>{ $prompt }</i> · { "" }
       *[no] { "" }
    }#{ $code }
state-erased = удалено
button-jobs-all = Все
button-jobs-running = Снимаются
button-jobs-finished = Готовые
button-jobs-failed = Неудачные
button-jobs-newer = ‹ Новее
button-jobs-older = Старее ›
button-jobs-receipts = 🧾 Чеки
button-jobs-gallery = 🎞 Показать эти

command-save = Сохранить фото, на которое отвечаете, под именем
command-library = Сохранённые под именами фото, видео, звуки и слова
