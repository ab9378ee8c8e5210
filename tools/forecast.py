"""What a tag will do: every method on the same folds, the best one shown, or a refusal with its reason.

Each number comes from the backtest or from the readings it was made of, and both can be opened.
A winner must beat seasonal naive on the folds; where nothing does, seasonal naive itself may be
shown, and `forecast.baseline` says so.

| fact | value |
|---|---|
| `forecast.tag` | the tag |
| `forecast.horizon` | how far, seconds |
| `forecast.from` | time of the newest reading it starts from |
| `forecast.until` | time of its last step |
| `forecast.step` | distance between its steps, seconds |
| `forecast.season` | the season found in the data, seconds; absent where there is none |
| `forecast.now` | the newest value, in the tag's unit |
| `forecast.end` | the median at the last step, in the tag's unit |
| `forecast.lowest`, `forecast.highest` | of the median, in the tag's unit |
| `forecast.band_level` | nominal level of the band, percent (unit `%`) |
| `forecast.band_low`, `forecast.band_high` | lowest and highest edge of that band over the horizon, in the tag's unit |
| `forecast.coverage` | what that band really held on the folds, percent (unit `%`) |
| `forecast.calibration` | number of residuals the band rests on |
| `forecast.winner` | name of the method shown |
| `forecast.baseline` | whether the method shown is seasonal naive, since nothing beats it |
| `forecast.mase` | its mean absolute scaled error; below 1 is better than seasonal naive in the training part |
| `forecast.skill` | share of seasonal naive's error it saves on the folds, 0 to 1; absent for seasonal naive itself |
| `forecast.error` | its mean absolute error on the folds, in the tag's unit |
| `forecast.folds` | number of folds |
| `forecast.loser.<name>.skill` | another method's skill; negative where it is worse than seasonal naive |
| `forecast.loser.<name>.mase` | its mean absolute scaled error |
| `forecast.loser.<name>.status` | why a method has no figures: a sentence, or `timed out` |
| `forecast.limit.which` | the limit that the band crosses first: `low_low`, `low`, `high`, `high_high`, or `band_low`, `band_high` of the set point; absent where none is crossed |
| `forecast.limit.value` | that limit, in the tag's unit |
| `forecast.limit.from` | time of the first step at which crossing it has a probability of at least 10 % |
| `forecast.limit.to` | time of the first step at which it is likelier than not; else the last step |
| `forecast.limit.probability` | the highest probability of being beyond it at one step, percent (unit `%`) |
| `forecast.limit.now` | whether the newest value is beyond it already |
| `forecast.odd_now.<name>` | whether a method finds the newest value odd; `<name>` is a candidate or `isolation-forest` |
| `forecast.agreement` | whether all the methods that can tell say the same |
| `forecast.odd_count`, `forecast.judges` | how many methods find it odd, of how many that can tell |

A refusal keeps `forecast.tag`, `forecast.horizon` and, where known, `forecast.from`, `forecast.readings`
(steps with a value), `forecast.steps` (steps looked at), `forecast.stuck_since` (time), `forecast.silent_for` (seconds),
`forecast.best`, `forecast.best.mase`, `forecast.best.coverage` (percent).
"""
