"""Is a tag or an asset odd in a span: the detectors on the stored history, and the alerts there.

| fact | value |
|---|---|
| `anomaly.subject` | the tag or asset |
| `anomaly.odd` | whether a detector or an alert says that it was odd in the span |
| `anomaly.start`, `anomaly.end` | time; the span that was judged |
| `anomaly.rows` | number of minutes judged |
| `anomaly.stretches` | number of odd stretches the detectors found |
| `anomaly.since`, `anomaly.until` | time; the oddest stretch; `until` is absent while it lasts |
| `anomaly.score` | 0 to 100, the highest of the span |
| `anomaly.at` | time of the highest score |
| `anomaly.tag` | the tag that contributes most at the highest score; the next four describe it |
| `anomaly.actual` | its value at the highest score, in its unit |
| `anomaly.typical` | its median before the span, in its unit |
| `anomaly.low`, `anomaly.high` | the band that held 98 % of its values before the span, in its unit |
| `anomaly.contributor` | a tag that contributes to the highest score, the strongest first (assets only) |
| `anomaly.share` | its share of the score, 0 to 1, in the same order |
| `anomaly.detector.odd` | a detector that found an odd stretch |
| `anomaly.detector.usual` | a detector that found none |
| `anomaly.agree` | whether all detectors say the same |
| `anomaly.alerts` | number of alerts of the subject in the span |
| `alert.*` | those alerts, as in `tools/alerts.py` |
"""
