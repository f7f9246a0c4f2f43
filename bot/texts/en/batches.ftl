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
button-cancel-all = ✕ Cancel all
button-album = All as an album
