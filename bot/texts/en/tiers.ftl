# Tiers: limits under a name, for several people at once.

tier-usage = Use <code>/tier vip 50/day $20/month</code> to set its limits, <code>/tier vip add @name</code> or <code>remove @name</code>, <code>/tier vip delete</code>. A name has up to 20 letters and digits. /tier lists all.
tier-none = There is no tier yet. <code>/tier vip 50/day $20/month</code> makes one, <code>/tier vip add @name</code> puts a person into it.
tier-none-such = There is no tier <code>{ $name }</code> yet. <code>/tier { $name } 50/day</code> makes it.
tier-too-many = There are { $max } tiers, which is the most. Delete one first.
tier-line =
    <b>{ $name }</b>: { $limits } · { $count ->
        [0] nobody yet
       *[other] { $people }
    }
tier-joined = { $name } has the limits of { $tier } now, but for what was set for them alone.
tier-left = { $name } has the limits of { $tier } no more.
tier-not-in = { $name } is not in { $tier }.
tier-dropped = The tier { $tier } is gone; its people have the usual limits.
quota-tier = Tier: { $name }

audit-tier = changed the tier
audit-tier-add = gave a tier to
audit-tier-remove = took a tier from
audit-tier-delete = deleted the tier
command-tier = Limits under a name, for several people
