"""Speed and accuracy, measured as ratios in one run: `make bench-stream`, `bench-forecast`, `bench-ask`."""
