"""Readings that what stands around words adds to those of the phrases themselves.

In the order of `passes.py`:

| pass | adds |
|---|---|
| `texts.quoted` | texts in quotation marks |
| `amounts.days_and_numbers`, `amounts.measured` | days, ages, numbers; units behind numbers |
| `pronouns.spoken_of`, `resumed`, `referred` | what was spoken of before, or in the question: "it", "their" |
| `pronouns.echoed`, `pronouns.anything` | clauses that say a link again; "everything" |
| `actions.doings`, `actions.parted_verbs` | nouns for what a verb does; "gets its feed from" |
| `contrasts` | "although", "then", "has passed" |
| `introductions` | "the day it was", "part number" before the number itself |
| `french_ways` | « quoi comme capteurs », French light verbs |
| `light_verbs.asked_figures`, `light_verbs.light_verbs` | "how long", "what does it weigh"; verbs that say nothing |
| `rates` | "tonnes ... per day" |
| `spoken.spoken`, `spoken.got_done` | what spoken English adds: "order numbers", "get closed" |
| `everyday`, `each_of_them` | adjectives and clauses that add nothing; "what model is each", "open or closed" |
| `happened.days_done` | "when did it start up" |
| `adverbs` | "fed directly by" |
| `restrictions` | where "only" adds nothing |
| `happened.fronted`, `amounts.years` | the preposition that opens a question; "before 1940" where years are numbers |
| `texts.told` | what follows "containing" |
"""
