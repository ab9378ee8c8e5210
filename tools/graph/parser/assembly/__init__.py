"""A question that is no sentence, from its parts: "TM4: open notifications without a job".

the chart's cells --parts----> the fewest parts that cover all words, by what they are good for  (parts.py)
                  --hanging--> each way in which the things among them may hang together         (hanging.py)
                  --assemble-> the questions that they make, none where two differ               (assemble.py)
                  --scope----> those in which every "not", "most", "each" has left its mark      (scope.py)
"""
