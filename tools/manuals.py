"""The manual tool: a question in, quotes from the manuals out, or "Not found in the manuals".

Passages are found by full-text search, and answer only if the evidence is good enough: every code
of the question (`E07`, `M12`, `P-101`) stands in them, and nearly all of its words of content do.
Extracts answer: nothing is rephrased here, so nothing can be said that is not on the page. A
warning on a cited page is always quoted too.

Facts:

| name | value | evidence |
|---|---|---|
| `quote` | verbatim text of a passage, best first | kind `manual`, one for each passage |
| `quote.number` | each number with a unit in that text; the unit is the fact's | the same |
| `quote.page` | printed page label, as text | the same |
| `quote.document` | name of the manual | the same |
| `warning` | verbatim text of a warning on a cited page | kind `manual` |

Evidence: `text` is the verbatim passage, `title` is "CW-100-manual.pdf, p. 12", `detail` has
`document`, `title`, `page` (physical, from 1), `label` (printed), `section` and `kind` (`paragraph`,
`table`, `warning`, `procedure`).

A refusal has code `not_found` (text: "Not found in the manuals (closest: p. 12).") or `no_data` when
there are no manuals; the closest passages are in `evidence`, without facts.

`ToolResult.data` is the JSON that `millhand manuals ask --json` prints:

| key | value |
|---|---|
| `answer` | the quotes as one text, each with its page; null when refused |
| `quotes` | list of `{document, page, label, section, kind, text}` |
| `refusal` | `{code, text, help, choices}` or null |
"""
