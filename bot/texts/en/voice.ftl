# A voice note: what it is, and what was understood of it.

voice-question = 🎤 What is this voice note?
voice-song = 🎵 Soundtrack
voice-speech = 🗣 Speech
voice-words = ✍️ My request
voice-kept-song = 🎵 Kept as the soundtrack of your next video. Now the words: what shall it show?
voice-kept-speech = 🗣 Kept as the speech of your next video. Now the words: what shall it show?
voice-listening = ✍️ Writing it down.
voice-heard = ✍️ I understood: <i>{ $text }</i>
voice-not-understood = ✍️ No words could be made out. Say it again, or type it.
voice-no-service = ✍️ Voice notes can't be written down at the moment. Please type your request; nothing was charged.
voice-too-long = That note is longer than 2 minutes. Say it shorter, or type it.
voice-too-many = 20 voice notes were written down within the hour. Type this one, or wait a little.
role-song = song
role-speech = speech
