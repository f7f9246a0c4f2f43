# Кто сколько снял и потратил: /stats словами и картинкой, /ledger и /audit таблицами.

stats-usage = /stats, /stats день или /stats месяц; /stats csv пришлёт таблицу.
stats-direct = Здесь могут быть имена других подписчиков, а эту тему читает тот, кто в ней пишет. По кнопке всё придёт в ваш личный чат со мной.
stats-no-own-chat = Сначала напишите мне в личном чате и нажмите ещё раз: всё придёт туда.
stats-to-you = Придёт в наш личный чат.
stats-moderators-only = Общие цифры группы видят её модераторы. Ваши покажет /stats в личном чате со мной.
ledger-usage = /ledger в личном чате, также /ledger день, неделя или всё: все проводки таблицей.
audit-usage = /audit — последние изменения, /audit csv — таблица, можно добавить день, неделя, месяц или всё.

stats-head = <b>{ $whose } · { $span }</b>
stats-whose-chat = «{ $title }»
stats-whose-service = Весь сервис
stats-whose-user = Ваши видео
stats-span-day = сегодня
stats-span-week = за 7 дней
stats-span-month = за 30 дней
stats-span-ever = с самого начала
stats-total = { $spent_microusd } · { $count } видео
stats-side = { $name }: { $spent_microusd } · { $count } видео
stats-model = { $name }: { $outcomes }
stats-others = ещё { $count }
stats-own = Потери самого сервиса
stats-private = В этом чате
stats-nothing = { $whose }, { $span }: пока ничего.

stats-by-day = Траты по часам
stats-by-week = Траты по дням
stats-by-month = Траты по дням
stats-by-who = Траты по людям
stats-by-where = Траты по чатам
stats-by-model = Видео по моделям

stats-delivered = готово
stats-failed = не вышло
stats-refused = отказано
stats-cancelled = отменено
stats-open = в работе

button-period-day = День
button-period-week = Неделя
button-period-month = Месяц
button-csv = CSV

statement-jobs = { $whose } · { $span } · { $count } видео
statement-ledger = Проводки · { $span } · { $count ->
        [one] { $count } строка
        [few] { $count } строки
       *[many] { $count } строк
    }
statement-audit = Изменения · { $whose } · { $span } · { $count ->
        [one] { $count } строка
        [few] { $count } строки
       *[many] { $count } строк
    }
statement-in-private = Здесь видно, кто сколько потратил: отправлено вам лично.
statement-too-long = Здесь больше 200 000 строк, для файла в чате это слишком много. Возьмите период короче или терминал.
statement-failed = Сейчас не получилось. Попросите ещё раз через минуту.

