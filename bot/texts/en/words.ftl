# Words that a chat or the service does not take in requests.

fault-words = There are words in it that are not taken here. Say it in other words, or ask who runs this bot. Nothing was charged.

words-shown =
    { $everywhere ->
        [0] <b>Not taken in this chat</b>
       *[other] <b>Not taken anywhere</b>
    }: { $words }
    Whole words in any case. <code>/words add …</code> and <code>/words remove …</code> change it, with commas between several.
words-none =
    { $everywhere ->
        [0] This chat takes all words.
       *[other] All words are taken.
    } <code>/words add one, two words</code> refuses requests with them, whatever their case, before they cost anything.
words-usage = Use <code>/words</code> to see the list, <code>/words add one, two words</code> or <code>/words remove one</code>.
words-added = Not taken any more: { $words }.
words-there = That is in the list already: { $words }.
words-removed = Taken again: { $words }.
words-not-there = That is not in the list: { $words }.
words-bad = “{ $word }” can't be in the list: a word or phrase has letters or digits, and { $max } characters at most.
words-full = The list has no room for that: it holds { $max } words and phrases and { $chars } characters at most.

audit-words-add = added to the refused words
audit-words-remove = took out of the refused words
command-words = Words that are refused in requests
