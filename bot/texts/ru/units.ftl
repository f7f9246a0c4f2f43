# Числа с единицами и названия языков.

language-name = Русский

unit-seconds = { $n } с
unit-minutes = { $n } мин
unit-hours = { $n } ч
unit-kb = { $n } кБ
unit-mb = { $n } МБ
unit-gb = { $n } ГБ
unit-image = фото
unit-video = видео
unit-audio = аудио

# 00:00 (Берлин)
moment = { $day } { $clock } ({ $place })
moment-today = сегодня в { $clock } ({ $place })
moment-tomorrow = завтра в { $clock } ({ $place })
