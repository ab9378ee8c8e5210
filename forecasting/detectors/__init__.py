"""The detectors, one a module, listed in `DETECTORS`."""
