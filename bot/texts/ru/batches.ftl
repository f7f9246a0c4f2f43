# Несколько видео одной просьбы: сколько готово и чем кончилось.

batch-progress = 🎬 Готово { $done } из { $count }
batch-at-work = ⏳ Снимается: { $running }{ $waiting ->
        [0] { "" }
       *[other] { " " }· ждёт: { $waiting }
    }
batch-without =
    { $count ->
        [one] { $count } закончилось без видео, за него ничего не списано.
        [few] { $count } закончились без видео, за них ничего не списано.
       *[many] { $count } закончились без видео, за них ничего не списано.
    }
batch-over = Готово видео: { $done } из { $count } · { $cost }
batch-line = { $number }. <i>{ $prompt }</i>: { $reason }
batch-columns-unused =
    { $count ->
        [one] Из столбца { $names } я ничего не беру.
       *[other] Из столбцов { $names } я ничего не беру.
    } Понимаю эти: <code>запрос формат секунды разрешение модель зерно количество для negative звук спойлер</code>
batch-waited =
    { $days ->
        [one] Очередь не подошла за { $days } день. Ничего не списано.
        [few] Очередь не подошла за { $days } дня. Ничего не списано.
       *[many] Очередь не подошла за { $days } дней. Ничего не списано.
    }
button-cancel-all = ✕ Отменить все
button-album = Все одним альбомом
