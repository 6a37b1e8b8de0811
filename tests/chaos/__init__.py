"""The service under SIGKILL: at each request of a story (`matrix`), and at random over many tickets (`storm`)."""
