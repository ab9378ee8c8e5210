"""Where messages come from: Kafka, files, the demo plant; `open_source(url)` in `urls.py`."""
