"""The graph tool: a question or a Cypher query in, facts with their rows and query out.

A question is tried by a recipe first, then by the language model if there is one, then refused:
a wrong answer is worse than "I don't know". A given query goes straight through the guard.

Facts, all citing the one evidence (kind `query`: the Cypher that ran, its parameters, its rows):

| name | value |
|---|---|
| `rows.count` | how many rows came back; 0 is an answer ("there is none"), see `data["empty"]` |
| `row.COLUMN` | one value of a row, one fact for each row, in row order; empty values are left out |
| `entity` | id of each node the question was linked to, in order of mention |

A column is named for what it holds: recipes use `tag`, `asset`, `description`, `unit`, `order`,
`title`, `opened`, `closed`, `status`, `technician`, `part`, `number`, `stock`, `code`, `failure`,
`effect`, `manual`, `file`, `name`, `kind`, `model`, `maker`, `distance`, `count`; each recipe's own
columns stand in `tools/graph/recipes.py`. A refusal keeps the `entity` facts that explain it.

`ToolResult.data` is the JSON that `millhand graph ask|query --json` prints:

| key | value |
|---|---|
| `query` | the Cypher that ran, as the guard rewrote it; null when none ran |
| `parameters` | its parameters, literals of the query included |
| `columns`, `rows` | names, and a list of lists of values |
| `truncated` | whether there were more rows than the limit |
| `how` | `recipe`, `model`, `given`; null when nothing answered |
| `recipe` | name of the recipe, or null |
| `meaning` | what was asked, as a noun phrase, `{"en": "sensors on P-101", "fr": "capteurs sur P-101"}`, or null |
| `empty` | null, or for no rows `true_zero`, `entity_not_found`, `spelled_otherwise`, `impossible_path` |
| `refusal` | `{code, text, help, choices}` or null |
| `seconds` | how long it took |

A sentence composes as: `{meaning} : {values of the first column}`; with no rows and `true_zero`:
"no {meaning}".
"""
