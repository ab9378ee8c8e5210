"""The demo plant CW-100: physics, faults to inject, its registry, graph and manual."""
