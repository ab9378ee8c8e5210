"""The grammar's rules: what two neighbours make together, where the schema allows it.

What each module is for, in the order in which `books.py` puts them together:

    things                 nouns, coordination ("pumps and valves")
    said of them           negation, exceptions, clauses ("that feed E-101"), sentences ("whose sensors detect E07"),
                           correlative ("neither ... nor"), properties ("without a closing date")
    compared               numbers ("stock below 3"), amounts ("priority 1 or 2"), comparison ("older than E-101"),
                           against ("stock below the minimum stock")
    when                   days ("since March"), happened ("inspected in May"), ages ("older than 10 years"),
                           standing ("open on 10 February")
    first, and in order    order ("the highest stock"), superlatives ("the oldest line"), sequences ("oldest to newest")
    figures and groups     figures ("average stock"), totals ("in total"), groups ("per kind of asset"),
                           weighed ("the line with the highest total cost"), offers ("the cheapest supplier of PT-3")
    asked                  questions ("which pumps", "how many"), value_questions ("the model of P-101"),
                           last_days ("when last calibrated"), flows ("what goes from A to B"), describing,
                           polar_questions ("is P-101 fed by T-101"), path_questions
    beside a question      tails ("and how many"), one_by_one ("how many of each"), spoken_french

A rule joins two neighbours only where a triple or a property bears it, so that most readings of a sentence end by
themselves. Where several are left, these decide, by cost: what follows a noun belongs to the noun nearest to it; a name
needs no description; a link that is said goes before one that a preposition leaves open; one hop before two; and words
that stand side by side with nothing between them cost most.
"""
