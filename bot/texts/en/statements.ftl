# Who made and spent how much: /stats as words and picture, /ledger and /audit as tables.

stats-usage = Use /stats, /stats day or /stats month; /stats csv gives a table.
stats-direct = This may name other followers, and whoever writes in this topic reads what is said here. Tap to have it in your own chat with me.
stats-no-own-chat = Write to me in our own chat first, then tap again: it comes there.
stats-to-you = It comes to our private chat.
stats-moderators-only = A group's figures are for its moderators. /stats in your own chat with me shows yours.
ledger-usage = Use /ledger in our private chat, also as /ledger day, week or all: every entry as a table.
audit-usage = Use /audit for the last changes, /audit csv for a table, also with day, week, month or all.

stats-head = <b>{ $whose } · { $span }</b>
stats-whose-chat = “{ $title }”
stats-whose-service = The whole service
stats-whose-user = Your videos
stats-span-day = today
stats-span-week = the last 7 days
stats-span-month = the last 30 days
stats-span-ever = from the beginning
stats-total = { $spent_microusd } · { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
stats-side = { $name }: { $spent_microusd } · { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
stats-model = { $name }: { $outcomes }
stats-others = { $count } others
stats-own = The service's own losses
stats-private = In this chat
stats-nothing = { $whose }, { $span }: nothing yet.

stats-by-day = Spent by the hour
stats-by-week = Spent by day
stats-by-month = Spent by day
stats-by-who = Spent by person
stats-by-where = Spent by chat
stats-by-model = Videos by model

stats-delivered = delivered
stats-failed = failed
stats-refused = refused
stats-cancelled = cancelled
stats-open = under way

button-period-day = Day
button-period-week = Week
button-period-month = Month
button-csv = CSV

statement-jobs = { $whose } · { $span } · { $count ->
        [one] { $count } video
       *[other] { $count } videos
    }
statement-ledger = The ledger · { $span } · { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
statement-audit = Changes · { $whose } · { $span } · { $count ->
        [one] { $count } line
       *[other] { $count } lines
    }
statement-in-private = This names who spent what: sent to you in private.
statement-too-long = That is more than 200,000 lines, too long for a file in the chat. Ask for a shorter period, or use the terminal.
statement-failed = It could not be made just now. Please ask once more in a minute.

