# What the operator reads in the terminal or in an alert: the database, the token, the disk.

token-missing = No TELEGRAM_BOT_TOKEN is set. Get one from @BotFather and put it into .env.
token-refused = Telegram refuses the TELEGRAM_BOT_TOKEN. Copy it again from @BotFather into .env.

database-claimed = Another process (number { $pid }) already serves this database. Stop it first.
database-newer = The database was made by a newer version ({ $migration }). Install that version, or restore a backup.
database-migration-changed = The migration { $migration } is not the one that this database was made with. Install the original version.
database-corrupt = The database file is damaged ({ $code }). Restore the latest backup.
database-unusable = The database file can't be opened or written ({ $code }). Check its folder and its owner.
database-disk-full = The disk is full. Free some room; nothing is lost meanwhile.
database-disk-fault = The disk gives errors ({ $code }). Check it.
database-busy = The database is busy. Trying again.
database-slow = The database takes too long. Trying again.
database-out-of-memory = There is not enough memory for the database. Trying again.
folder-unusable = The folder { $folder } can't be written ({ $why }). Make it, or choose another one, and check its owner.
backup-exists = There is a file under that name already. Choose another name.
backup-no-source = There is no database to back up. Check DATABASE_URL.
disk-trouble = A file can't be written to the disk. Trying again.
texts-wrong = TEXTS_DIR, { $where }: { $why }.
models-file-wrong = models.toml, { $where }: { $why }.
price-list-unknown = { $variable }: there is no price list { $name }. Name one of { $known }, or describe it in models.toml.
sandbox-provider-unknown = There is no embedded provider { $name }. Set SANDBOX_PROVIDER to one of: { $known }.
web-address-taken = The address { $host }:{ $port } can't be used ({ $why }). Set another WEB_PORT, or stop what uses it.
trouble-disk-full = The disk is full. Free some room; nothing is lost meanwhile.
trouble-no-process = The media tool can't be started at the moment. Trying again.
hold-lost = Another worker goes on with this video.
