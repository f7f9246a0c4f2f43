# What a video model or its provider refuses, and what an operator must know. "Nothing was charged" is said around these.

refused-text = The model's rules refused the words. Change the wording and send it again.
refused-face =
    { GIVEN($labels) ->
        [yes] <code>{ $labels }</code>
       *[no] An attachment
    } shows a real person, and this model does not accept photos of real people's faces. Send another picture.
refused-media =
    The model's rules refused { GIVEN($labels) ->
        [yes] <code>{ $labels }</code>
       *[no] an attachment
    }. Send another file.
refused-copyright = The result would come too close to somebody's protected work. Change the wording and send it again.
refused-output = The model's rules refused its own finished video. Another try may pass.
refused-output-audio = The model's rules refused the sound of its own finished video. Try it without sound.
provider-refused-request = The video model did not accept this request. { $detail }
request-too-big = The files together are too large for this model. Send fewer or smaller ones.

task-failed = The model could not make this video. Try it again, or change the wording.
task-expired = The model did not get to this video in time. Try it again.
task-cancelled = The video was stopped on the model's side. Try it again.
task-gone = The model no longer knows this video. Try it again.

provider-throttled = The video model is busy; your video waits its turn.
provider-busy = All places are taken; your video waits its turn.
provider-queue-full = The video model's queue is full; your video waits its turn.
provider-down = The video model is down at the moment; your video waits.
provider-unreachable = The video model can't be reached; your video waits.
provider-answer-unreadable = The video model's answer can't be read; your video waits.
provider-task-missing = The video model does not find the video at the moment; it is looked for again.
provider-answer-lost = It is not known whether the video model took the request; it is looked up.
provider-answer-unclear = It is not known whether the video model took the request; it is looked up.
provider-listing-incomplete = The video model's list of videos is not complete; it is looked up again.
reference-file-lost = A file of this request has to be fetched again.
output-cut-short = The video's download broke off; it is fetched again.
output-link-refused = The video's link was refused; a new one is asked for.
output-address-refused = The finished video lies at an address that may not be fetched. Try it again.
output-not-media = What came is not a video; it is fetched again.

telegram-unreachable = Telegram can't be reached at the moment. Send it again in a minute.
telegram-slow-down = Telegram asks for a pause. Send it again in a minute.
telegram-refused = Telegram does not hand out a file at the moment. Send it again.
telegram-file-unavailable = Telegram does not hand out a file at the moment. Send it again.
telegram-file-cut-short = A file did not arrive whole from Telegram. Send it again.

provider-key-refused = { $host } refuses the key. Set the right one and restart.
provider-clock-differs = { $host } says that this machine's clock is wrong. Set the right time.
provider-no-balance = The account at { $host } has no money. Fill it there.
provider-model-not-open = The account at { $host } may not use this model. Activate it there.
provider-credentials-missing = The file of GOOGLE_APPLICATION_CREDENTIALS can't be read. Set it to the JSON key file of a service account that may use Vertex AI.
provider-credentials-wrong = The file of GOOGLE_APPLICATION_CREDENTIALS is not the JSON key of a service account. Make such a key in the Google Cloud console.
provider-credentials-refused = { $host } refuses the key of the service account. { $detail } Check this machine's clock, else make a new key.
provider-denied = { $host } denies access. { $detail }
provider-quota-used = A quota or spending limit at { $host } is used up. Raise it there.
provider-wrong-address = { $host } does not answer like this provider's API (HTTP { $status }). Check the base address in the settings.
provider-wrong-address-laozhang = laozhang.ai serves Seedance in the Ark format. Set ARK_BASE_URL=https://api.laozhang.ai/seedance/api/v3 and ARK_API_KEY.
output-too-big = The finished video from { $host } is larger than { $max_mb } MB, more than this service keeps. Ask for a shorter or smaller one.
provider-ok = { $provider } at { $host }: the key is good.
aid-ok = { $host } takes the key, and { $model } is there.
aid-not-listed = { $host } takes the key, but has no model called { $model } on its list. Set the right name.
aid-unreachable = { $host } does not answer as such a service does{ GIVEN($why) ->
        [yes] {" "}(HTTP { $why })
       *[no] { "" }
    }. Check the address, and whether it runs.
aid-without-list = { $host } answers, but keeps no list of models: the key and { $model } are not proven.
aid-refused = { $host } does not take the request (HTTP { $status }). { $detail } Check the model's name in the settings.

alert-provider-paused = ⚠️ { $provider } is paused since { $since }. { $reason }
alert-provider-back = ✅ { $provider } answers again, after a pause since { $since }.
alert-task-nobodys = ⚠️ { $provider } took #{ $code } although its request had ended or been made otherwise meanwhile. Its task <code>{ $task }</code> is stopped there if that can be done; otherwise up to { $price_microusd } may be billed to you.
alert-output-too-big = ⚠️ The video of #{ $code } at { $provider } is larger than { $max_mb } MB and was not kept. Its person paid nothing; it costs you { $price_microusd }. Lower the resolution or the seconds that people may ask for.
alert-implausible = ⚠️ { $provider } reports { $reported_microusd } for #{ $code }, whose price is { $quote_microusd }. So much is not believed: { $booked_microusd } above what its person paid are booked to you and counted in the service's day. Compare with { $provider }'s bill; if it is right, the price list here is not.
alert-odd-bill = ⚠️ { $provider } reports “{ $reported }” as what #{ $code } costs, which is no count. Its price of { $quote_microusd } is booked. Compare with { $provider }'s bill.
alert-aid =
    ⚠️ { $what ->
        [voice] Voice notes can't be written down.
       *[words] Richer words can't be proposed.
    } { $reason }
alert-report = ⚑ { $name } reported #{ $code } ({ $model }).
