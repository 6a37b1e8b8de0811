"""The six rows of the chart, one module each."""
