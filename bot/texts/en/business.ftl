# Business mode: what is ordered in a chat with a client, and sent there.

business-hello =
    <b>I am connected to your Telegram Business account.</b>
    In a chat with a client write /video and what you wish, also in reply to their photo, video or voice message. Card, price and video come here; the client sees only the message that you wrote, and you can delete it. Below the video a button sends it to them in your name, when you tap it.
    Without that tap I write nothing in your chats. What clients write I don't answer, and of it I keep only a file that you reply to. Orders are paid as any other of yours.{ $right ->
        [yes] { "" }
       *[no] {" "}To send videos I still need the right <i>Reply to messages</i>: give it to me in your settings, under Telegram Business → Chatbots.
    }
help-business =
    <b>With clients</b>, with Telegram Business
    Connect me in your settings under Telegram Business → Chatbots, and write /video in a chat with a client. All answers come here, and nothing goes to them without your tap.
client-heading =
    <i>{ $name }</i>{ GIVEN($words) ->
        [yes] : { $words }
       *[no] { "" }
    }
button-to-client = ➤ Send to { $name }
client-sending = It is on its way.
client-already = This video is there already, or on its way.
client-no-file = This video came as a link: pass the link on yourself.
client-sent = { $name } has the video, sent in your name.
client-maybe = Telegram did not confirm that { $name } has the video. Look into your chat: if it is not there, send it again.
client-refused =
    { $why ->
        [off] { $name } did not get the video: I am not connected to your business account now. Connect me in your settings under Telegram Business → Chatbots, then tap again.
        [right] { $name } did not get the video: I have no right to write in your name. Give me <i>Reply to messages</i> in your settings under Telegram Business → Chatbots, then tap again.
        [late] { $name } did not get the video: Telegram lets me write only where the other one wrote within the last 24 hours. Forward it yourself, or tap again when they have written.
        [elsewhere] { $name } did not get the video: this chat is not among those that you let me into. Add it in your settings under Telegram Business → Chatbots, then tap again.
       *[other] { $name } did not get the video: Telegram refused it. Forward it yourself, or tap again later.
    } The video is yours as before.
