# Several videos of one request: how far they are, and how they ended.

batch-progress = 🎬 { $done } of { $count } done
batch-at-work = ⏳ { $running } rendering{ $waiting ->
        [0] { "" }
       *[other] { " " }· { $waiting } waiting
    }
batch-without =
    { $count ->
        [one] { $count } ended without a video; nothing was charged for it.
       *[other] { $count } ended without a video; nothing was charged for them.
    }
batch-over = { $done } of { $count } videos are here · { $cost }
batch-line = { $number }. <i>{ $prompt }</i>: { $reason }
batch-columns-unused =
    { $count ->
        [one] I make nothing of the column { $names }.
       *[other] I make nothing of the columns { $names }.
    } Those that I read: <code>prompt ratio seconds resolution model seed n for negative sound spoiler</code>
batch-waited =
    { $days ->
        [one] It waited { $days } day for its turn. Nothing was charged.
       *[other] It waited { $days } days for its turn. Nothing was charged.
    }
button-cancel-all = ✕ Cancel all
button-album = All as an album
