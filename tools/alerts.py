"""Which alerts stand, or stood in a span, and who is not watched at all.

| fact | value |
|---|---|
| `alerts.count` | number of alerts found, 0 included |
| `alerts.standing` | how many of them stand now |
| `alerts.start`, `alerts.end` | time; the span that was looked at |
| `alerts.subject` | the tag or asset asked about; absent for all |
| `alert.id` | the alert; its other facts have the same `source` (one evidence an alert, the ten newest) |
| `alert.subject`, `alert.rule`, `alert.kind`, `alert.priority`, `alert.state` | text |
| `alert.since` | time it opened |
| `alert.until` | time it closed; absent while it stands |
| `alert.score` | 0 to 100, higher is odder |
| `alert.actual`, `alert.typical`, `alert.low`, `alert.high` | in the tag's unit; absent where unknown |
| `alert.reason` | one line in the operator's words |
| `alert.contributor` | a tag that contributes, the strongest first |
| `partition.blind` | `source/number` of a partition that nobody reads now; never to be taken for OK |
| `partition.unseen_for` | seconds since its owner's last sign of life (same `source` as `partition.blind`); absent where it never had one |
| `tag.stale` | a tag that stopped reporting while others went on |
| `tag.stale_for` | seconds (same `source` as `tag.stale`) |
"""
