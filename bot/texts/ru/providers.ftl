# Отказы модели и её поставщика и то, что должен знать оператор. «Деньги не списаны» говорится рядом.

refused-text = Правила модели не пропустили текст. Измените слова и отправьте ещё раз.
refused-face =
    { GIVEN($labels) ->
        [yes] <code>{ $labels }</code>:
       *[no] Во вложении
    } снят настоящий человек, а эта модель не принимает фото с лицами настоящих людей. Пришлите другую картинку.
refused-media =
    Правила модели не пропустили { GIVEN($labels) ->
        [yes] <code>{ $labels }</code>
       *[no] вложение
    }. Пришлите другой файл.
refused-copyright = Получилось бы слишком похоже на чьё-то защищённое произведение. Измените слова и отправьте ещё раз.
refused-output = Правила модели не пропустили готовое видео. Со второй попытки может получиться.
refused-output-audio = Правила модели не пропустили звук готового видео. Попробуйте без звука.
provider-refused-request = Модель не приняла эту просьбу. { $detail }
request-too-big = Вместе файлы слишком велики для этой модели. Пришлите меньше файлов или файлы поменьше.

task-failed = У модели не получилось это видео. Попробуйте ещё раз или измените слова.
task-expired = Модель не успела взяться за это видео. Попробуйте ещё раз.
task-cancelled = Видео остановили на стороне модели. Попробуйте ещё раз.
task-gone = Модель больше не знает об этом видео. Попробуйте ещё раз.

provider-throttled = Модель занята, ваше видео ждёт очереди.
provider-busy = Все места заняты, ваше видео ждёт очереди.
provider-queue-full = Очередь модели заполнена, ваше видео ждёт.
provider-down = Модель сейчас не работает, ваше видео ждёт.
provider-unreachable = До модели не достучаться, ваше видео ждёт.
provider-answer-unreadable = Ответ модели не прочитать, ваше видео ждёт.
provider-task-missing = Модель сейчас не находит видео, ищу ещё раз.
provider-answer-lost = Неизвестно, приняла ли модель просьбу; проверяю.
provider-answer-unclear = Неизвестно, приняла ли модель просьбу; проверяю.
provider-listing-incomplete = Список видео у модели неполный; проверяю ещё раз.
reference-file-lost = Один из файлов нужно забрать ещё раз.
output-cut-short = Видео скачалось не целиком, забираю ещё раз.
output-link-refused = Ссылка на видео не сработала, прошу новую.
output-address-refused = Готовое видео лежит по адресу, откуда забирать нельзя. Попробуйте ещё раз.
output-not-media = Пришло не видео, забираю ещё раз.

telegram-unreachable = До Telegram сейчас не достучаться. Пришлите ещё раз через минуту.
telegram-slow-down = Telegram просит паузу. Пришлите ещё раз через минуту.
telegram-refused = Telegram сейчас не отдаёт файл. Пришлите его ещё раз.
telegram-file-unavailable = Telegram сейчас не отдаёт файл. Пришлите его ещё раз.
telegram-file-cut-short = Файл пришёл из Telegram не целиком. Пришлите его ещё раз.

provider-key-refused = { $host } не принимает ключ. Укажите верный и перезапустите.
provider-clock-differs = { $host } сообщает, что часы этой машины идут неверно. Выставьте их.
provider-no-balance = На счёте у { $host } нет денег. Пополните его там.
provider-model-not-open = Счёту у { $host } эта модель недоступна. Включите её там.
provider-credentials-missing = Файл из GOOGLE_APPLICATION_CREDENTIALS не читается. Укажите JSON-ключ сервисного аккаунта, которому разрешён Vertex AI.
provider-credentials-wrong = В файле из GOOGLE_APPLICATION_CREDENTIALS не JSON-ключ сервисного аккаунта. Создайте такой ключ в консоли Google Cloud.
provider-credentials-refused = { $host } не принимает ключ сервисного аккаунта. { $detail } Проверьте часы на этой машине, иначе создайте новый ключ.
provider-denied = { $host } не даёт доступа. { $detail }
provider-quota-used = У { $host } исчерпана квота или предел расходов. Поднимите его там.
provider-wrong-address = { $host } отвечает не так, как положено этому поставщику (HTTP { $status }). Проверьте базовый адрес в настройках.
provider-wrong-address-laozhang = У laozhang.ai Seedance работает в формате Ark. Укажите ARK_BASE_URL=https://api.laozhang.ai/seedance/api/v3 и ARK_API_KEY.
output-too-big = Готовое видео от { $host } больше { $max_mb } МБ — столько сервис не хранит. Закажите видео короче или меньше.
provider-ok = { $provider }, { $host }: ключ в порядке.
aid-ok = { $host } принимает ключ, модель { $model } там есть.
aid-not-listed = { $host } принимает ключ, но модели { $model } в его списке нет. Укажите верное название.
aid-unreachable = { $host } не отвечает так, как такая служба{ GIVEN($why) ->
        [yes] {" "}(HTTP { $why })
       *[no] { "" }
    }. Проверьте адрес и работает ли она.
aid-without-list = { $host } отвечает, но списка моделей не ведёт: ключ и модель { $model } не проверены.
aid-refused = { $host } не принимает запрос (HTTP { $status }). { $detail } Проверьте название модели в настройках.

alert-provider-paused = ⚠️ { $provider } на паузе: { $since }. { $reason }
alert-provider-back = ✅ { $provider } снова отвечает, пауза была с { $since }.
alert-task-nobodys = ⚠️ { $provider } принял #{ $code }, хотя запрос к тому времени закончился или уже делался заново. Задачу <code>{ $task }</code> останавливаю там, если это возможно; иначе вам могут выставить до { $price_microusd }.
alert-output-too-big = ⚠️ Видео #{ $code } у { $provider } больше { $max_mb } МБ, его пришлось бросить. С заказчика ничего не списано, вам оно обходится в { $price_microusd }. Уменьшите разрешение или длину, которые можно заказывать.
alert-implausible = ⚠️ { $provider } сообщает, что #{ $code } стоит { $reported_microusd }, а цена его { $quote_microusd }. Столько на веру не принято: сверх уплаченного заказчиком на вас записано и учтено в дневном лимите сервиса { $booked_microusd }. Сверьте со счётом { $provider }; если он верен, устарели цены здесь.
alert-odd-bill = ⚠️ { $provider } сообщает, что расход на #{ $code } — «{ $reported }»: это не число, которым можно счесть. Записана цена: { $quote_microusd }. Сверьте со счётом { $provider }.
alert-aid =
    ⚠️ { $what ->
        [voice] Голосовые не превращаются в текст.
       *[words] Слова не улучшаются.
    } { $reason }
alert-report = ⚑ { $name } сообщает о видео #{ $code } ({ $model }).
