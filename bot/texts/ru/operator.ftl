# Что читает оператор в терминале или в предупреждении: база, токен, диск.

token-missing = Не задан TELEGRAM_BOT_TOKEN. Получите его у @BotFather и впишите в .env.
token-refused = Telegram не принимает TELEGRAM_BOT_TOKEN. Скопируйте его у @BotFather в .env ещё раз.

database-claimed = С этой базой уже работает другой процесс (номер { $pid }). Сначала остановите его.
database-newer = База создана более новой версией ({ $migration }). Установите её или восстановите резервную копию.
database-migration-changed = Миграция { $migration } не та, с которой создана база. Установите исходную версию.
database-corrupt = Файл базы повреждён ({ $code }). Восстановите последнюю резервную копию.
database-unusable = Файл базы не открыть или не записать ({ $code }). Проверьте папку и её владельца.
database-disk-full = Диск заполнен. Освободите место; пока ничего не потеряно.
database-disk-fault = Диск отвечает ошибками ({ $code }). Проверьте его.
database-busy = База занята. Пробую ещё раз.
database-slow = База отвечает слишком долго. Пробую ещё раз.
database-out-of-memory = Базе не хватает памяти. Пробую ещё раз.
folder-unusable = В папку { $folder } нельзя писать ({ $why }). Создайте её или выберите другую и проверьте владельца.
backup-exists = Файл с таким именем уже есть. Выберите другое имя.
backup-no-source = Нечего копировать: базы нет. Проверьте DATABASE_URL.
disk-trouble = Файл не записывается на диск. Пробую ещё раз.
texts-wrong = TEXTS_DIR, { $where }: { $why }.
models-file-wrong = models.toml, { $where }: { $why }.
price-list-unknown = { $variable }: прайс-листа { $name } нет. Назовите один из этих: { $known }, или опишите его в models.toml.
sandbox-provider-unknown = Встроенного поставщика { $name } нет. Укажите в SANDBOX_PROVIDER один из этих: { $known }.
web-address-taken = Адрес { $host }:{ $port } занять нельзя ({ $why }). Укажите другой WEB_PORT или остановите того, кто его занял.
trouble-disk-full = Диск заполнен. Освободите место; пока ничего не потеряно.
trouble-no-process = Обработчик файлов сейчас не запускается. Пробую ещё раз.
hold-lost = С этим видео продолжает другой работник.
