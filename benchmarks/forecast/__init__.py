"""Forecasts: seconds, accuracy and measured coverage beside what a careful user writes with darts and statsforecast.

`data.py` reads the series and says where they are forecast from, `baselines.py` holds the pinned methods of others;
each part is a module of its own, and `__main__.py` runs those that are named.
"""
