# Уровни: лимиты под общим именем, сразу для нескольких людей.

tier-usage = <code>/tier vip 50/день $20/месяц</code> задаст лимиты, <code>/tier vip добавить @имя</code> или <code>убрать @имя</code> — людей, <code>/tier vip удалить</code> удалит уровень. В имени до 20 букв и цифр. Все уровни: /tier.
tier-none = Уровней пока нет. <code>/tier vip 50/день $20/месяц</code> создаст уровень, <code>/tier vip добавить @имя</code> включит в него человека.
tier-none-such = Уровня <code>{ $name }</code> пока нет. Создать: <code>/tier { $name } 50/день</code>.
tier-too-many = Уровней уже { $max }, больше нельзя. Сначала удалите какой-нибудь.
tier-line =
    <b>{ $name }</b>: { $limits } · { $count ->
        [0] пока никого
       *[other] { $people }
    }
tier-joined = { $name }: теперь действуют лимиты { $tier }, кроме заданных лично.
tier-left = { $name }: лимиты { $tier } больше не действуют.
tier-not-in = { $name }: не в { $tier }.
tier-dropped = Уровень { $tier } удалён, у его людей обычные лимиты.
quota-tier = Уровень: { $name }

audit-tier = изменён уровень
audit-tier-add = дан уровень:
audit-tier-remove = снят уровень:
audit-tier-delete = удалён уровень
command-tier = Уровни: лимиты для нескольких людей
