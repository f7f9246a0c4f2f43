# Figures with their units, and the names of languages.

language-name = English

unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-kb = { $n } kB
unit-mb = { $n } MB
unit-gb = { $n } GB
unit-image = image
unit-video = video
unit-audio = audio

# 00:00 (Berlin)
moment = { $day } { $clock } ({ $place })
moment-today = today { $clock } ({ $place })
moment-tomorrow = tomorrow { $clock } ({ $place })
