"""From a PDF to passages in the index: pages, labels, sections, tables."""
