# A request over a limit that goes to the chat's moderators: their card, their answers, what the asker hears.

button-ask-moderator = Ask a moderator
button-allow-once = Allow once
button-raise = Raise to { $limit }
button-raise-models = Allow { $models }
button-refuse = Refuse

approval-card =
    <b>{ $name }</b> asks the moderators for { $count ->
        [1] a video
       *[other] { $count } videos
    }: { $price }
approval-facts = { $model } · { $ratio } · { $seconds } · { $resolution }
approval-limits =
    { $count ->
        [1] The limit in the way:
       *[other] { $count } limits are in the way:
    }
approval-limit =
    • { $whom }: { $limit }{ GIVEN($over) ->
        [yes] , { $over } over
       *[no] { "" }
    }
approval-prompt = “<i>{ $prompt }</i>”
approval-until = Please answer by { $until }.

approval-allowed = ✔ Allowed once, until { $until }.
approval-raised = ✔ Raised. { $whom }: { $limits }.
approval-refused = ✕ Refused.
approval-lapsed = Nobody answered in time.
approval-withdrawn = Settled: the request was changed or taken back.

approval-asked = The moderators are asked. Without an answer it lapses { $until }.
approval-told-allowed = A moderator allowed this once.
approval-told-waits = A moderator allowed this once. Start it by { $until }; until then a stricter limit or a block still ends it.
approval-over-now = What a moderator allowed covers this no more: its day is over, or a limit was made stricter since.
approval-told-raised = A moderator raised your limit here: { $limits }.
approval-told-refused = The moderators said no to this one. Nothing was charged.
approval-told-lapsed = The moderators did not answer in time. Nothing was charged.

approval-sent = The moderators are asked.
approval-already = The moderators were asked about this already.
approval-enough = You asked the moderators several times already. Wait for their answer.
approval-decided = This was answered already.
approval-changed = The request was changed meanwhile. It needs no answer any more.
approval-held = This person may not make videos here at the moment.
approval-not-covered = The asker's own account or an operator's limit does not cover this. Only an operator can lift that.
approval-above-ceiling = That is more than the operator lets this chat set. Allow it once, or refuse.
