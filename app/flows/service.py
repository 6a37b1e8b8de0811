"""The whole service behind its doors: what the HTTP API and the command line may ask for."""
