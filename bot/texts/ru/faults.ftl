# Что в просьбе нельзя выполнить как есть. Кнопки под ней это исправляют.

nothing-charged = Деньги не списаны.
fault-no-attachment =
    <code>{ $label }</code>: { $count ->
        [0] { $kind ->
            [image] вы не приложили ни одной картинки
            [video] вы не приложили ни одного видео
           *[audio] вы не приложили звука
        }
        [one] { $kind ->
            [image] вы приложили { $count } картинку
            [video] вы приложили { $count } видео
           *[audio] вы приложили { $count } звук
        }
        [few] { $kind ->
            [image] вы приложили { $count } картинки
            [video] вы приложили { $count } видео
           *[audio] вы приложили { $count } звука
        }
       *[many] { $kind ->
            [image] вы приложили { $count } картинок
            [video] вы приложили { $count } видео
           *[audio] вы приложили { $count } звуков
        }
    }.
fault-which-attachment =
    <code>{ $label }</code>: { $kind ->
        [image] какая из { $count } картинок
        [video] какое из { $count } видео
       *[audio] какой из { $count } звуков
    }?
fault-no-value = После <code>{ $option }</code> нужно значение.
fault-option-unknown = Настройки <code>{ $option }</code> нет. Может быть, <code>{ $meant }</code>?
fault-twice =
    Указано и { $one }, и { $other }. { $option ->
        [model] Какую модель взять?
        [ratio] Какой формат взять?
        [duration_s] Какую длину взять?
        [resolution] Какое разрешение взять?
        [count] Сколько видео снять?
        [seed] Какое зерно взять?
        [preset] Для чего видео?
       *[other] Что выбрать?
    }
fault-bad-model = Модели <code>{ $value }</code> нет. Все модели — /models.
fault-bad-ratio = <code>{ $value }</code> — не формат кадра. Напишите, например, 9:16.
fault-bad-duration = <code>{ $value }</code> — не длина. Напишите целые секунды, например 8 с.
fault-bad-resolution = <code>{ $value }</code> — не разрешение. Напишите, например, 720p.
fault-bad-seed = <code>{ $value }</code> — не зерно. Напишите целое число от 0 до { $max }.
fault-bad-count = <code>{ $value }</code> видео сразу снять нельзя. Напишите число от 1 до { $max }.
fault-bad-preset = Не знаю, что такое <code>{ $value }</code>. Знаю { $known }.
fault-too-many-videos =
    { $count } видео сразу — слишком много, можно не больше { $max }. Попросите меньше.
fault-list-empty = Список пуст. Напишите после /batch по просьбе на строке или приложите файл .txt или .csv.
fault-list-and-words = Один список в файле, другой — после /batch. Пришлите файл с одним словом /batch или только строки.
fault-list-too-long = В списке может быть { $max } строк. Пришлите его по частям.
fault-list-unreadable = Список не читается. Пришлите текстовый файл .txt или .csv, до 500 КБ.
fault-list-format = Список — это файл .csv или .txt. Сохраните таблицу как CSV, это умеют и Excel, и Google Таблицы, и пришлите его с /batch.
fault-list-quote = В строке { $number } открыта кавычка ("), но не закрыта, и дальше строки не различить. Закройте её и пришлите файл снова.
fault-in-line = Строка { $number }: { $text }
fault-more-lines =
    { $count ->
        [one] И ещё { $count } строку нельзя снять как есть.
        [few] И ещё { $count } строки нельзя снять как есть.
       *[many] И ещё { $count } строк нельзя снять как есть.
    }
fault-empty = Напишите, что должно происходить, или приложите картинку.
fault-prompt-too-long =
    В тексте { $count ->
        [one] { $count } знак
        [few] { $count } знака
       *[many] { $count } знаков
    }, а помещается { $max }. Сократите его на { $over }.
fault-too-many =
    { $kind ->
        [image] { $count ->
            [one] { $count } картинка
            [few] { $count } картинки
           *[many] { $count } картинок
        }
        [video] { $count } видео
       *[audio] { $count ->
            [one] { $count } звук
            [few] { $count } звука
           *[many] { $count } звуков
        }
    } — слишком много, помещается { $max }.
fault-too-many-files =
    { $count ->
        [one] { $count } вложение
        [few] { $count } вложения
       *[many] { $count } вложений
    } — слишком много, вместе помещается { $max }.
fault-kind-not-taken =
    { $model } не берёт { $kind ->
        [image] картинки
        [video] видео
       *[audio] звук
    }. Уберите это или выберите другую модель.
fault-audio-alone = Для { $model } одного звука мало. Приложите картинку или видео.
fault-needs-public-url = Эта модель берёт видео только с публичного адреса, которого у бота нет. Пришлите картинки.
fault-no-frames = { $model } не начинает и не заканчивает заданной картинкой. Возьмите её как образец.
fault-frames-only =
    { $max ->
        [one] { $model } берёт одну картинку — как первый кадр. Остальные уберите или выберите другую модель.
       *[other] { $model } берёт две картинки — как первый и последний кадр. Остальные уберите.
    }
fault-no-last-frame = { $model } берёт первый кадр, но не последний. Уберите его или выберите другую модель.
fault-needs-kind =
    { $kind ->
        [video] { $model } меняет готовое видео. Приложите его.
       *[image] { $model } начинает с картинки. Приложите её.
    }
fault-frame-twice =
    { $role ->
        [first] Первым
       *[last] Последним
    } кадром может быть только одна картинка. Какая?
fault-last-without-first = <code>{ $label }</code> — последний кадр. А какая картинка первый?
fault-frames-mixed = { $model } берёт или первый и последний кадры, или образцы, но не всё вместе.
fault-duration = { $seconds } с: { $model } снимает { $made } с.
fault-resolution = { $resolution }: { $model } снимает в { $offered }.
fault-ratio = Формата { $ratio } нет. Есть { $offered }.
fault-model-unknown = Модели { $model } здесь нет. Есть { $known }.
fault-model-retired = { $model } снята с работы { $date }. Выберите другую модель.
fault-no-models = Ни одна модель ещё не подключена. Обратитесь к тому, кто держит этого бота.

fault-file-too-big-for-telegram =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>
       *[no] Один из файлов
    } больше { $max } МБ — больше Telegram боту не отдаёт. Пришлите файл поменьше или покороче.

media-unreadable = Один из файлов не открывается. Пришлите его ещё раз или другой.
media-wrong-kind =
    Нужно { $wanted ->
        [image] изображение
        [video] видео
       *[audio] аудио
    }, а прислано { $kind ->
        [image] изображение
        [video] видео
       *[audio] аудио
    }. Пришлите другой файл.
media-too-big =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>: { $mb } МБ
       *[no] В файле { $mb } МБ
    }, а можно не больше { $max } МБ. Пришлите файл поменьше.
media-too-many-pixels = На картинке слишком много точек, её не открыть. Пришлите картинку поменьше.
media-odd-shape =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code> ({ $width } × { $height }): картинка
       *[no] Картинка { $width } × { $height }
    } для этой модели слишком узкая. Обрежьте её и пришлите снова.
media-too-short =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>: { $seconds } с — слишком коротко
       *[no] Запись { $seconds } с слишком короткая
    }, нужно хотя бы { $min } с. Пришлите подлиннее.
media-too-long =
    { GIVEN($label) ->
        [yes] <code>{ $label }</code>: { $seconds } с — слишком долго
       *[no] Запись { $seconds } с слишком длинная
    }, можно не больше { $max } с. Пришлите покороче.
media-too-long-in-total =
    { $kind ->
        [video] Видео
       *[audio] Записи
    } вместе длятся { $seconds } с, а можно не больше { $max } с. Уберите что-нибудь или пришлите покороче.
media-gone = Одного из файлов у Telegram больше нет. Пришлите его ещё раз.
link-useless = { $host } не отдаёт файл по вашей ссылке. Проверьте, открывается ли она, или пришлите сам файл.
link-too-big = Файл по вашей ссылке больше { $max } МБ. Пришлите поменьше.

note-image-scaled = Картинка будет приведена к { $width } × { $height }.
note-image-padded = По краям картинки будут поля, до { $width } × { $height }.
note-image-still = Из движущейся картинки возьму первый кадр.
note-video-scaled = Видео будет приведено к { $width } × { $height }.
note-video-padded = По краям видео будут поля, до { $width } × { $height }.
note-video-fps = У видео будет { $fps } кадров в секунду.
note-video-trimmed = Из видео возьму первые { $seconds } с.
note-audio-trimmed = Из записи возьму первые { $seconds } с.
note-audio-extracted = Из видео возьму только звук.

note-flags-removed = Убрано: <code>{ $flags }</code>
note-negative-in-prompt = В текст войдёт «Без: { $negative }».
note-frame-cut = Первый кадр будет обрезан до { $ratio }.
note-ratio-kept = { $model } сохраняет исходную форму.
note-ratio-nearest = Ближайший формат — { $ratio }, края будут обрезаны.
note-ratio-unknown = Формат присланного пока неизвестен: будет { $ratio }, края могут обрезаться.
note-resolution-nearest = { $model } снимает в { $resolution }.
note-duration-nearest = { $model } снимает { $seconds } с.
note-no-sound = { $model } здесь снимает без звука.
note-sound-stays = { $model } всегда снимает со звуком.
note-seed-ignored = { $model } не берёт зерно.
