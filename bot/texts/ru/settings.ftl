# Что действует, если не сказано иначе: настройки человека и чата.

settings-own = <b>Ваши настройки</b>: действуют, если вы не скажете иначе.
settings-chat = <b>Настройки «{ $title }»</b>: действуют для участников, если они не скажут иначе; 🔒 — в любом случае.
settings-legend =
    { $count ->
        [0] Пока ничего не задано, действует вот что.
       *[other] Заданное — <b>жирным</b>.
    }
settings-line =
    { $name }: <b>{ $value }</b>{ $locked ->
        [0] { "" }
       *[other] { " " }🔒
    }
settings-line-usual = { $name }: { $value }
settings-line-unset = { $name }: { $value } (не задано)
settings-unset = не задано
settings-usual-ratio = как у первой картинки, иначе 16:9
settings-usual-language = у каждого свой
settings-usual-quiet = нет
settings-usual-spoiler = выключено
settings-usual-protect = выключено
settings-held = закреплено, что бы ни просили
settings-not-held = больше не закреплено
settings-name-model = Модель
settings-name-ratio = Формат
settings-name-duration_s = Секунды
settings-name-resolution = Разрешение
settings-name-confirm_above_microusd = Спрашивать от
settings-name-language = Язык
settings-name-zone = Часовой пояс
settings-name-quiet = Тихие часы
settings-name-downgrade = Если застряло
settings-name-spoiler = Спойлер
settings-name-protect = Без пересылки
settings-about-spoiler = Видео приходят закрытыми, до касания.
settings-about-protect = Telegram никому не даст переслать или сохранить видео этого чата.
settings-spoiler-on = включено
settings-protect-on = включено
settings-about-model = Какая модель снимает, если ни одна не названа.
settings-about-ratio = Какой формат у видео, если он не назван и не виден по картинке.
settings-about-duration_s = Сколько длится видео, если не сказано.
settings-about-resolution = Какое разрешение у видео, если не сказано.
settings-about-confirm_above_microusd = Дороже этого ничего не начнётся без нажатия.
settings-about-language = На каком языке я пишу.
settings-about-zone = В каком поясе называть время.
settings-about-quiet = В эти часы мои сообщения приходят без звука. Время — по { $zone }; пояс меняет кнопка «Часовой пояс».
settings-about-downgrade = Что делать, если видео снималось слишком долго и не пришло.
settings-count-own = Ваши лимиты считаются по { $zone }, сутки начинаются в { $hour }, какой бы пояс вы ни выбрали; лимиты группы — по её часам.
settings-count-chat = Лимиты здесь считаются по { $zone }, сутки начинаются в { $hour }, какой бы пояс ни был выбран; изменить это может оператор командой /clock.
settings-downgrade-offer = предложить меньшее
settings-downgrade-do = снять меньшее
settings-no-zone = Такого часового пояса нет. Напишите, например, Europe/Moscow.
button-lock = 🔒 Всегда
button-unlock = Если не сказано иначе
button-other-zone = Другой…
ask-zone = Ответьте своим часовым поясом, например <code>Europe/Moscow</code>.
field-zone = Europe/Moscow
button-smaller = { $change }: { $price }
stuck-smaller = #{ $code } снималось слишком долго, поэтому снимаю заново, поменьше: { $resolution }, { $seconds }, { $price_microusd }. За первое ничего не списано.
command-settings = Модель, формат, язык, тихие часы

# Тема форума и то, где группа снимает видео.
settings-topic = <b>Настройки темы { $topic }</b>: действуют здесь вместо настроек группы, если участник не скажет иначе и у него нет своих; 🔒 — в любом случае.
settings-topic-line =
    В этой теме ({ $topic }): { $count ->
        [0] как во всей группе
       *[other] <b>{ $values }</b>
    }
settings-line-of-chat =
    { $name }: { $value } (как в группе){ $locked ->
        [0] { "" }
       *[other] { " " }🔒
    }
settings-unset-topic = как в группе
settings-where-line =
    { $count ->
        [0] Видео снимаются в любой теме.
       *[other] Видео снимаются только здесь: { $topics }.
    }
settings-about-where = Кто попросит в другом месте, узнает, куда идти. Кнопка «Везде» снимает выбор из любой темы. Словами: <code>/settings только здесь</code>, <code>и здесь</code>, <code>не здесь</code>, <code>везде</code>.
settings-words =
    Не понимаю, что настраивает «{ $words }». Например: <code>/settings 9:16 8с 720p</code>, можно и название модели, <code>/settings убрать</code>; для одной темы <code>/settings тема 9:16</code>; где снимать: <code>/settings только здесь</code> или <code>везде</code>.
settings-not-offered = «{ $value }» выбрать нельзя: эта модель так не умеет. Умеет: { $offered }.
button-this-topic = Эта тема
button-whole-group = ‹ Вся группа
button-where = Где снимать
button-where-here = Только здесь
button-where-too = И здесь
button-where-not = Не здесь
button-where-everywhere = Везде
where-no-topics = В этой группе нет тем, выбирать не из чего.
where-nowhere = Тогда видео не снимались бы нигде. Скажите <code>/settings только здесь</code> в теме, которая для них, или <code>/pause</code>.
topic-general = General
topic-unnamed = выбранная тема
held-elsewhere =
    Здесь я видео не снимаю; в этой группе они снимаются тут: { $topics }.{ $moderates ->
        [yes] { " " }Снять это можно командой <code>/settings везде</code>.
       *[no] { "" }
    }
topic-lost =
    Темы { $topic } больше нет, а видео снимались там. { $count ->
        [0] Теперь снимаю в любой теме; выбрать новую администратор может в ней самой: <code>/settings только здесь</code>.
       *[other] Остаётся: { $topics }.
    }
topic-closed = Тема { $topic } для меня закрыта, а видео снимаются там: сказанное пришло сюда. Администратор может открыть её снова или сказать <code>/settings везде</code>.
