# Richer words for a draft: asked for, proposed, taken or not.

button-improve = ✨ Improve the words
button-improve-use = ✔ Use this
button-improve-another = ↻ Another
button-improve-keep = Keep mine
button-improve-back = ↩ My own words
card-improved = ✨ In place of your words: <i>{ $words }</i>

improve-thinking = ✨ Looking for richer words. Your draft stays as it is and can be started meanwhile.
improve-proposal =
    ✨ Proposed, and nothing is changed yet:

    <i>{ $words }</i>
improve-used =
    ✨ In place of your words:

    <i>{ $words }</i>
improve-waits = A proposal is on its way already.
improve-too-many = 12 proposals an hour, 60 a day: that is all for now. Your own words can be started at any time.

improve-failed = ✨ { $why } Your words stay as they are; it cost nothing.
improve-refused = The service does not take these words.
improve-no-service = The service for richer words is out of order; an operator has to look at it.
improve-busy = The service for richer words is busy. Try again in a minute.
improve-no-answer = The service for richer words does not answer. Try again in a minute.
improve-none = No better words came back.
improve-references = What came back lost a reference of yours, or invented one, so it is not shown.
improve-settings = What came back would change settings of your video, so it is not shown.
improve-language = What came back is in another language than your words, so it is not shown.
improve-too-long = What came back is longer than this model takes, so it is not shown.
improve-words = What came back has words that are not taken here, so it is not shown.
improve-unfit = What came back does not fit this draft, so it is not shown.
