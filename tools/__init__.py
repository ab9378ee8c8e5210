"""What the agent can do: manuals, graph, forecast, anomalies, alerts, parts; each returns facts.

Start with `contract.py`. A tool takes a typed input and returns a `ToolResult`: facts with their
evidence, or a refusal. It never prints and never formats for people.
What may enter: a tool that a question can be routed to.
"""
