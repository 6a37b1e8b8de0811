"""Facts about the job that plans are built from: price, hours, dates, stages, people."""
